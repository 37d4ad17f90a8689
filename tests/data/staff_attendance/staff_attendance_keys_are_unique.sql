-- No key stands twice: the tables of the dry run have no unique indexes that would say so. A row: a value and how often.
{% set keys = [
    ('teacher_attendance', '"id"'), ('teacher_attendance', '"teacherId" || \' \' || "date"'),
    ('teacher_daily_attendance', '"id"'), ('teacher_daily_attendance', '"teacherId" || \' \' || "date"::text'),
    ('substitutions', '"id"'), ('substitutions', '"periodId" || \' \' || "date"::text'),
] %}
{% for model, key in keys %}

select '{{ model }}' as model, {{ key }} as value, count(*) as times
from {{ ref(model) }}
group by {{ key }}
having count(*) > 1
{{ '' if loop.last else 'union all' }}
{% endfor %}
