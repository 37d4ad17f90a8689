-- No key stands twice: the tables of the dry run have no primary keys that would say so.
-- A row: a value and how often.
{% set keys = [
    ('tenants', '"id"'), ('tenants', '"subdomain"'), ('tenants', '"name"'),
    ('academic_years', '"id"'), ('academic_years', '"branchId" || \' \' || "name"'),
    ('classes', '"id"'), ('sections', '"id"'), ('sections', '"classId" || \' \' || "name"'),
    ('subjects', '"id"'), ('subjects', '"code"'),
] %}
{% for model, key in keys %}

select '{{ model }}' as model, {{ key }} as value, count(*) as times
from {{ ref(model) }}
group by {{ key }}
having count(*) > 1
{{ '' if loop.last else 'union all' }}
{% endfor %}
