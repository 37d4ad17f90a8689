-- Whose invoice is unpaid two weeks and a half after its due date has been reminded of it, unless he allows no channel.
-- A row is an invoice without a reminder.
with reminded as (
    select distinct message."payload"::jsonb ->> 'invoiceNumber' as invoice_number
    from {{ ref('messages') }} as message
    join {{ ref('templates') }} as template
        on template."id" = message."templateId"
    where template."name" like 'Overdue%'
),

reachable as (                       -- guardians who allow a channel other than the app, which not all have
    select distinct "ownerId" as id
    from {{ ref('preferences') }}
    where "ownerType" = 'guardian'
      and "channel" <> 'push'
      and "consent"
)

select invoice."id", invoice."invoiceNumber"
from {{ ref('invoices') }} as invoice
join {{ ref('student_guardians') }} as tie
    on tie."studentId" = invoice."studentId"
    and tie."isPrimary"
join reachable
    on reachable.id = tie."guardianId"
left join reminded
    on reminded.invoice_number = invoice."invoiceNumber"
where invoice."status" = 'overdue'
  and invoice."dueDate"::date < {{ var('as_of') }} - 17
  and reminded.invoice_number is null
