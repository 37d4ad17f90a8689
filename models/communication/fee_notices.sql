{{ config(materialized='intermediate', slice_by=['branch', 'year'], tags=['communication'],
          rows=per_seat(1.5)) }}

-- One row per message about fees: a reminder of an invoice that is not paid by then, or the receipt of a payment.
--
-- Reminders go out on the due date, and so many days after it (seed reminder_rounds), if the payments that have come by
-- then do not make the amount. Those of the due date are the quarter's campaign; who joined later has a due date, and a
-- reminder, of his own. A receipt follows every payment of the last days (seed notice_rules).
--
-- Rows: a reminder for two invoices of five; the receipts of a month and a half. Estimate: rounds and days.

with due_rounds as (                 -- each invoice and round
    select
        due.n * 4 + round.round                                                         as n,   -- four rounds, 0 to 3
        due.n                                                                           as invoice_n,
        due.pupil_n,
        due.quarter,
        due.due_on,
        due.amount,
        round.round,
        round.purpose,
        {{ not_sunday('(due.due_on + round.days_after_due)') }}                         as day
    from {{ ref('dues') }} as due
    cross join {{ seed('reminder_rounds') }} as round
    where due.branch_no = {{ branch.no }}
      and due.year_no = {{ year.no }}
      and not due.is_void
),

reminders as (                       -- the moment of each, with the campaign of the due date in the family's language
    select
        item.n,
        item.invoice_n,
        item.pupil_n,
        pupil.contact_n,
        item.due_on,
        item.amount,
        item.purpose,
        coalesce(own.n, english.n)                                                      as campaign_n,
        case
            when english.n is not null
                then english.schedule
                    + interval '1 second' * {{ random_int('turn', 'item.n', 0, 'custom.spread_seconds - 1') }}::int
            else {{ office_hour('reminder', 'item.n', 'item.day') }}
        end                                                                             as raised_at
    from due_rounds as item
    join {{ ref('pupil_contacts') }} as pupil
        on pupil.branch_no = {{ branch.no }}
        and pupil.year_no = {{ year.no }}
        and pupil.n = item.pupil_n
    join {{ ref('contacts') }} as contact
        on contact.branch_no = {{ branch.no }}
        and contact.contact_n = pupil.contact_n
    cross join {{ seed('message_customs') }} as custom
    left join {{ ref('campaign_plan') }} as english
        on english.branch_no = {{ branch.no }}
        and english.year_no = {{ year.no }}
        and english.quarter = item.quarter
        and english.day = item.due_on
        and english.locale = 'en'
        and english.status in ('completed', 'running')
        and item.round = 0
        and contact.by_sms           -- the campaign goes by sms; who does not want that is written to by other means
    left join {{ ref('campaign_plan') }} as own
        on own.branch_no = {{ branch.no }}
        and own.year_no = {{ year.no }}
        and own.kind_no = english.kind_no
        and own.locale = contact.locale
    where item.day <= {{ var('as_of') }}
    offset 0                         -- a fence: PostgreSQL would compute the moment again wherever it is used
),

unpaid as (                          -- those that are needed: the payments that had come by then do not make the amount
    select
        reminder.n,
        reminder.pupil_n,
        reminder.contact_n,
        reminder.due_on,
        reminder.amount,
        reminder.amount - coalesce(sum(payment.amount), 0)                              as balance,
        reminder.purpose,
        reminder.campaign_n,
        reminder.raised_at,
        {{ key_of('invoices', 'reminder.invoice_n') }}                                  as invoice_id
    from reminders as reminder
    left join {{ ref('payment_tries') }} as payment
        on payment.branch_no = {{ branch.no }}
        and payment.year_no = {{ year.no }}
        and payment.invoice_n = reminder.invoice_n
        and payment.status = 'success'
        and payment.updated_at <= reminder.raised_at
    group by
        reminder.n,
        reminder.invoice_n,
        reminder.pupil_n,
        reminder.contact_n,
        reminder.due_on,
        reminder.amount,
        reminder.purpose,
        reminder.campaign_n,
        reminder.raised_at
    having coalesce(sum(payment.amount), 0) < reminder.amount
    offset 0                         -- a fence, for the key
),

receipts as (                        -- the payments of the last days
    select
        payment.n,
        payment.invoice_n,
        payment.amount,
        payment.method,
        payment.updated_at,
        payment.updated_at
            + interval '1 minute'
                * {{ random_int('receipt', 'payment.n', 'rule.first_minute', 'rule.last_minute') }}::int as raised_at,
        {{ key_of('payments', 'payment.n') }}                                           as payment_id,
        {{ key_of('invoices', 'payment.invoice_n') }}                                   as invoice_id
    from {{ ref('payment_tries') }} as payment
    join {{ seed('notice_rules') }} as rule
        on rule.purpose = 'fee_receipt'
    where payment.branch_no = {{ branch.no }}
      and payment.year_no = {{ year.no }}
      and payment.status = 'success'
      and payment.updated_at >= {{ var('as_of') }} - rule.days_kept
    offset 0                         -- a fence, for the keys and moments
)

select
    {{ branch.no }}                                                                     as branch_no,
    {{ year.no }}                                                                       as year_no,
    {{ message_n('2', 'unpaid.n') }}                                                    as n,
    unpaid.purpose,
    unpaid.campaign_n,
    unpaid.contact_n,
    unpaid.raised_at,
    {{ json_object([
        ['name', json_text('pupil.contact_name')],
        ['studentName', json_text('pupil.student_name')],
        ['invoiceNumber', json_text('invoice."invoiceNumber"')],
        ['period', json_text('invoice."period"')],
        ['amount', 'unpaid.amount'],
        ['balance', 'unpaid.balance'],
        ['dueDate', json_text('unpaid.due_on::text')],
        ['studentId', json_text('pupil.student_id')],
    ]) }}                                                                               as payload
from unpaid
join {{ ref('invoices') }} as invoice
    on invoice."branchId" = {{ branch.id }}
    and invoice."id" = unpaid.invoice_id
join {{ ref('pupil_contacts') }} as pupil
    on pupil.branch_no = {{ branch.no }}
    and pupil.year_no = {{ year.no }}
    and pupil.n = unpaid.pupil_n
where invoice."status" <> 'cancelled'
union all
select
    {{ branch.no }},
    {{ year.no }},
    {{ message_n('3', 'receipt.n') }},
    'fee_receipt',
    null::bigint,
    pupil.contact_n,
    receipt.raised_at,
    {{ json_object([
        ['name', json_text('pupil.contact_name')],
        ['studentName', json_text('pupil.student_name')],
        ['invoiceNumber', json_text('invoice."invoiceNumber"')],
        ['amount', 'receipt.amount'],
        ['method', json_text('receipt.method')],
        ['reference', json_text('payment."reference"')],
        ['paidOn', json_text('payment."createdAt"::date::text')],
        ['studentId', json_text('pupil.student_id')],
    ]) }}
from receipts as receipt
join {{ ref('payments') }} as payment
    on payment."branchId" = {{ branch.id }}
    and payment."id" = receipt.payment_id
join {{ ref('invoices') }} as invoice
    on invoice."branchId" = {{ branch.id }}
    and invoice."id" = receipt.invoice_id
join {{ ref('pupil_contacts') }} as pupil
    on pupil.branch_no = {{ branch.no }}
    and pupil.year_no = {{ year.no }}
    and pupil.n = receipt.invoice_n / 4               -- an invoice's number is its pupil's, and the quarter
