-- No key stands twice: the tables of the dry run have no primary keys that would say so.
-- A row: a value and how often.
{% set keys = [
    ('staff', '"id"'), ('teachers', '"id"'), ('teachers', '"staffId"'),
    ('students', '"id"'), ('students', '"admissionNo"'), ('guardians', '"id"'),
    ('student_guardians', '"id"'), ('student_guardians', '"studentId" || \' \' || "guardianId"'),
    ('enrollments', '"id"'),
] %}
{% for model, key in keys %}

select '{{ model }}' as model, {{ key }} as value, count(*) as times
from {{ ref(model) }}
group by {{ key }}
having count(*) > 1
{{ '' if loop.last else 'union all' }}
{% endfor %}
