-- The row that an entry names exists, in the entry's branch; only reports and refused requests name none.
-- A row is an entry of which this is not so.
with entities as (
    select 'Application' as type, "id" as id, "branchId" as branch from {{ ref('applications') }}
    union all
    select 'Student', "id", "branchId" from {{ ref('students') }}
    union all
    select 'Enrollment', "id", "branchId" from {{ ref('enrollments') }}
    union all
    select 'Ticket', "id", "branchId" from {{ ref('tickets') }}
    union all
    select 'Payment', "id", "branchId" from {{ ref('payments') }}
    union all
    select 'Invoice', "id", "branchId" from {{ ref('invoices') }}
    union all
    select 'Section', "id", "branchId" from {{ ref('sections') }}
    union all
    select 'Staff', "id", "branchId" from {{ ref('staff') }}
)

select entry."id", entry."action", entry."entityType", entry."entityId"
from {{ ref('audit_logs') }} as entry
left join entities
    on entities.type = entry."entityType"
    and entities.id = entry."entityId"
    and entities.branch = entry."branchId"
where (entry."entityId" is not null and entities.id is null)
   or (entry."entityId" is null and entry."action" <> 'EXPORT' and entry."statusCode" < 400)
