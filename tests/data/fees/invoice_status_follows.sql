-- The status of an invoice follows from its payments, its due date and the pupil's leaving, by the first of these that is
-- true. cancelled: nothing came or is on its way, and the pupil left before the quarter began or longer ago than the
-- school waits; paid: the successful payments make the amount; partial: there are some; pending: one is on its way;
-- overdue: the due date is past; issued: it is not. A row: an invoice with another status.
with received as (
    select
        "invoiceId" as id,
        sum(case when "status" = 'success' then "amount" else 0 end) as amount,
        bool_or("status" = 'pending') as is_on_its_way
    from {{ ref('payments') }}
    group by "invoiceId"
),

gone as (                            -- who has left, and his last day
    select enrollment."studentId" as student, max(enrollment."endDate"::date) as last_day
    from {{ ref('enrollments') }} as enrollment
    join {{ ref('students') }} as student
        on student."id" = enrollment."studentId"
    where student."status" <> 'active'
    group by enrollment."studentId"
),

expected as (
    select
        invoice."id" as id,
        invoice."status" as status,
        case
            when coalesce(received.amount, 0) = 0
                and not coalesce(received.is_on_its_way, false)
                and (
                    gone.last_day <
        make_date(
            substring(invoice."period", 4, 4)::int + case when substring(invoice."period", 2, 1) = '4' then 1 else 0 end,
            substring(invoice."period", 2, 1)::int * 3 % 12 + 1,
            1
        )
                    or gone.last_day + custom.write_off_days < {{ var('as_of') }}
                )
                then 'cancelled'
            when coalesce(received.amount, 0) >= invoice."amount" then 'paid'
            when received.amount > 0 then 'partial'
            when received.is_on_its_way then 'pending'
            when invoice."dueDate"::date < {{ var('as_of') }} then 'overdue'
            else 'issued'
        end as expected
    from {{ ref('invoices') }} as invoice
    left join received
        on received.id = invoice."id"
    left join gone
        on gone.student = invoice."studentId"
    cross join {{ seed('payment_customs') }} as custom
)

select id, status, expected
from expected
where coalesce(status <> expected, true)
