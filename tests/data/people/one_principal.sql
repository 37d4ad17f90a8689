-- Every branch has exactly one principal at work.
select tenant."id", count(staff."id") as principals
from {{ ref('tenants') }} as tenant
left join {{ ref('staff') }} as staff
    on staff."branchId" = tenant."id"
    and staff."designation" = 'Principal'
    and staff."status" <> 'inactive'
group by tenant."id"
having count(staff."id") <> 1
