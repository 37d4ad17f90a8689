-- Who sent the request is on the staff of the branch, under his own address, and had joined by then.
-- A row is an entry of somebody else.
select entry."id", entry."userId", entry."userEmail", entry."createdAt"
from {{ ref('audit_logs') }} as entry
left join {{ ref('staff') }} as staff
    on staff."id" = entry."userId"
    and staff."branchId" = entry."branchId"
    and staff."email" = entry."userEmail"
where staff."id" is null
   or staff."joinDate"::date > entry."createdAt"::date
