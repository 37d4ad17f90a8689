-- A row without a branch would be seen by every tenant.
{%- set tables = ['tenants', 'academic_years', 'classes', 'sections', 'subjects', 'staff', 'teachers', 'students', 'guardians', 'enrollments'] %}
{% for table in tables %}

select '{{ table }}' as model, "id"
from {{ ref(table) }}
where "branchId" is null
{{ '' if loop.last else 'union all' }}
{% endfor %}
