-- No key stands twice, and every entry has a branch. A row is an entry of which this is not so.
select entry."id", count(*) as times
from {{ ref('audit_logs') }} as entry
left join {{ ref('tenants') }} as tenant
    on tenant."id" = entry."branchId"
group by entry."id"
having count(*) > 1
    or count(tenant."id") = 0
