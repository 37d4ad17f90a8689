-- No key stands twice: the tables of the dry run have no unique indexes that would say so. A row: a value and how often.
{% set keys = [
    ('attendance_sessions', '"id"'), ('attendance_sessions', '"periodId" || \' \' || "sectionId" || \' \' || "date"::text'),
    ('student_period_attendance', '"id"'), ('student_period_attendance', '"sessionId" || \' \' || "studentId"'),
] %}
{% for model, key in keys %}

select '{{ model }}' as model, {{ key }} as value, count(*) as times
from {{ ref(model) }}
group by {{ key }}
having count(*) > 1
{{ '' if loop.last else 'union all' }}
{% endfor %}
