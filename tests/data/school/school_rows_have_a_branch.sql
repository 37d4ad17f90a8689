-- Every row belongs to a branch that exists: one without would be seen by every tenant. A row: one that does not.
{% set tables = ['tenants', 'academic_years', 'classes', 'sections', 'subjects'] %}
{% for table in tables %}

select '{{ table }}' as model, child."id"
from {{ ref(table) }} as child
left join {{ ref('tenants') }} as tenant
    on tenant."id" = child."branchId"
where tenant."id" is null
{{ '' if loop.last else 'union all' }}
{% endfor %}
