{{ config(table='Invoice', slice_by=['branch', 'year'], tags=['fees'], rows=per_seat(3.7)) }}

-- One row per pupil and quarter for which fees are asked: the grade's fee less the concession for brothers and sisters.
--
-- The status follows from the payments and the due date, by the first of these that is true:
-- cancelled: nothing came, and the pupil left before the quarter began, or has been away for so many days that the
-- school gives it up; paid: the successful payments make the amount; partial: there are some, be it late or not;
-- pending: a payment is on its way, a cheque at the bank; overdue: the due date is past; issued: there is still time.
--
-- Rows: those of dues. The number ends with the pupil's account, so it is unique and never reused.
-- Estimate: after how many days the school gives up (seed payment_customs).

with received as (                   -- what came for each invoice, and whether more is on its way
    select
        invoice_n,
        sum(case when status = 'success' then amount else 0 end)        as amount,
        bool_or(status = 'pending')                                     as is_on_its_way
    from {{ ref('payment_tries') }}
    where branch_no = {{ branch.no }}
      and year_no = {{ year.no }}
    group by invoice_n
)

select
    {{ key('due.n') }}                                                  as "id",
    {{ branch.id }}                                                     as "branchId",
    {{ branch.code }} || '/' || {{ short_year(year.no) }} || '/Q' || due.quarter || '/'
        || lpad(due.pupil_n::text, 7, '0')                              as "invoiceNumber",
    {{ key_of('students', 'due.pupil_n') }}                             as "studentId",
    'Q' || due.quarter || ' ' || {{ short_year(year.no) }}              as "period",
    due.due_on::text                                                    as "dueDate",
    due.amount                                                          as "amount",
    case
        when coalesce(received.amount, 0) = 0
            and not coalesce(received.is_on_its_way, false)
            and (due.is_void or due.left_on + custom.write_off_days < {{ var('as_of') }})
            then 'cancelled'
        when received.amount = due.amount then 'paid'
        when received.amount > 0 then 'partial'
        when received.is_on_its_way then 'pending'
        when due.due_on < {{ var('as_of') }} then 'overdue'
        else 'issued'
    end                                                                 as "status",
    null::timestamp(3)                                                  as "deletedAt",
    null::text                                                          as "deletedBy"
from {{ ref('dues') }} as due
left join received
    on received.invoice_n = due.n
cross join {{ seed('payment_customs') }} as custom
where due.branch_no = {{ branch.no }}
  and due.year_no = {{ year.no }}
