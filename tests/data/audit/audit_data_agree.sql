-- What an entry says was written stands in the row: the answer to an application, a pupil's name or status, an
-- enrollment, a ticket's step and its time, a payment, an invoice. A row is an entry that says something else.
with stated as (                     -- what the entry should say, and when
    select
        entry."id" as id,
        entry."newData" as said,
        '{"status": "' || application."status" || '", "reviewedBy": "' || application."reviewedBy" || '"}' as fact,
        entry."createdAt" as logged_at,
        application."reviewedAt" as happened_at
    from {{ ref('audit_logs') }} as entry
    join {{ ref('applications') }} as application
        on application."id" = entry."entityId"
    where entry."entityType" = 'Application'
    union all
    select
        entry."id",
        entry."newData",
        case entry."action"
            when 'CREATE' then '{"firstName": "' || student."firstName" || '", "lastName": "' || student."lastName"
                || '", "dob": "' || student."dob" || '"}'
            else '{"status": "' || student."status" || '"}'
        end,
        entry."createdAt",
        entry."createdAt"
    from {{ ref('audit_logs') }} as entry
    join {{ ref('students') }} as student
        on student."id" = entry."entityId"
    where entry."entityType" = 'Student'
    union all
    select
        entry."id",
        entry."newData",
        '{"studentId": "' || enrollment."studentId" || '", "sectionId": "' || enrollment."sectionId"
            || '", "startDate": "' || enrollment."startDate" || '"}',
        entry."createdAt",
        least(entry."createdAt", enrollment."startDate"::timestamp)
    from {{ ref('audit_logs') }} as entry
    join {{ ref('enrollments') }} as enrollment
        on enrollment."id" = entry."entityId"
    where entry."entityType" = 'Enrollment'
    union all
    select
        entry."id",
        entry."newData",
        case
            when entry."newData" = '{"status": "in_progress"}' and ticket."status" <> 'open' then entry."newData"
            when entry."newData" = '{"status": "resolved"}' and ticket."status" in ('resolved', 'closed') then entry."newData"
            else '{"status": "' || ticket."status" || '"}'
        end,
        entry."createdAt",
        case entry."newData"
            when '{"status": "closed"}' then ticket."closedAt"
            when '{"status": "resolved"}' then ticket."resolvedAt"
            else entry."createdAt"
        end
    from {{ ref('audit_logs') }} as entry
    join {{ ref('tickets') }} as ticket
        on ticket."id" = entry."entityId"
    where entry."entityType" = 'Ticket'
    union all
    select
        entry."id",
        entry."newData",
        '{"invoiceId": "' || payment."invoiceId" || '", "amount": ' || payment."amount" || ', "method": "'
            || payment."method" || '"}',
        entry."createdAt",
        payment."createdAt"
    from {{ ref('audit_logs') }} as entry
    join {{ ref('payments') }} as payment
        on payment."id" = entry."entityId"
    where entry."entityType" = 'Payment'
    union all
    select
        entry."id",
        entry."newData",
        '{"studentId": "' || invoice."studentId" || '", "period": "' || invoice."period" || '", "dueDate": "'
            || invoice."dueDate" || '", "amount": ' || invoice."amount" || '}',
        entry."createdAt",
        least(entry."createdAt", invoice."dueDate"::timestamp)
    from {{ ref('audit_logs') }} as entry
    join {{ ref('invoices') }} as invoice
        on invoice."id" = entry."entityId"
    where entry."entityType" = 'Invoice'
    union all
    select
        entry."id",
        entry."newData",
        '{"sectionId": "' || entry."entityId" || '", "date": "' || (entry."createdAt"::date)::text || '"}',
        entry."createdAt",
        entry."createdAt"
    from {{ ref('audit_logs') }} as entry
    where entry."entityType" = 'Section'
)

select id, said, fact, logged_at, happened_at
from stated
where said is distinct from fact
   or logged_at is distinct from happened_at
