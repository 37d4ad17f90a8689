-- The owner of a ticket is a pupil, a guardian or a member of staff of its branch. A row is a ticket of somebody else.
with owners as (
    select 'student' as type, "id" as id, "branchId" as branch from {{ ref('students') }}
    union all
    select 'guardian', "id", "branchId" from {{ ref('guardians') }}
    union all
    select 'staff', "id", "branchId" from {{ ref('staff') }}
)

select ticket."id", ticket."ownerType", ticket."ownerId"
from {{ ref('tickets') }} as ticket
left join owners
    on owners.type = ticket."ownerType"
    and owners.id = ticket."ownerId"
    and owners.branch = ticket."branchId"
where owners.id is null
