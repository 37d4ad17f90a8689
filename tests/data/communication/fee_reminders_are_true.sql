-- A fee reminder is about an invoice of the pupil that it names, with its amount and due date, and comes when the payments
-- so far do not make the amount: on the due date (or the Saturday before), or after it if it speaks of an overdue fee.
-- A row is a reminder of which this is not true.
with reminders as materialized (
    select
        message."id",
        message."branchId",
        message."createdAt",
        message."payload"::jsonb ->> 'invoiceNumber' as invoice_number,
        message."payload"::jsonb ->> 'studentId' as student_id,
        message."payload"::jsonb ->> 'dueDate' as due_date,
        (message."payload"::jsonb ->> 'amount')::int as amount,
        (message."payload"::jsonb ->> 'balance')::int as balance,
        template."name" like 'Overdue%' as is_overdue
    from {{ ref('messages') }} as message
    join {{ ref('templates') }} as template
        on template."id" = message."templateId"
    where template."name" like 'Fee reminder%'
       or template."name" like 'Overdue%'
),

paid as (                            -- what had come for the invoice when the reminder was written
    select reminder."id", sum(payment."amount") as amount
    from reminders as reminder
    join {{ ref('invoices') }} as invoice
        on invoice."invoiceNumber" = reminder.invoice_number
    join {{ ref('payments') }} as payment
        on payment."invoiceId" = invoice."id"
    where payment."status" = 'success'
      and payment."updatedAt" <= reminder."createdAt"
    group by reminder."id"
)

select reminder."id", reminder.invoice_number, reminder.balance, invoice."amount", paid.amount as paid
from reminders as reminder
left join {{ ref('invoices') }} as invoice
    on invoice."invoiceNumber" = reminder.invoice_number
left join paid
    on paid."id" = reminder."id"
where invoice."id" is null
   or invoice."branchId" <> reminder."branchId"
   or invoice."studentId" <> reminder.student_id
   or invoice."dueDate" <> reminder.due_date
   or invoice."amount" <> reminder.amount
   or reminder.balance <> invoice."amount" - coalesce(paid.amount, 0)
   or reminder.balance <= 0
   or case
        when reminder.is_overdue then reminder."createdAt"::date <= invoice."dueDate"::date
        else reminder."createdAt"::date not in (invoice."dueDate"::date, invoice."dueDate"::date - 1)
    end
