-- Every reference leads to a row of the same branch: a tenant never sees another one's class or teacher.
-- A row: a reference that leads nowhere, or into another branch.
{% set keys = [
    ('sections', 'classId', 'classes'),
    ('sections', 'homeroomTeacherId', 'teachers'),
] %}
{% for child, column, parent in keys %}

select '{{ child }}.{{ column }}' as reference, child."id"
from {{ ref(child) }} as child
left join {{ ref(parent) }} as parent
    on parent."id" = child."{{ column }}"
where child."{{ column }}" is not null
  and (parent."id" is null or parent."branchId" <> child."branchId")
{{ '' if loop.last else 'union all' }}
{% endfor %}
