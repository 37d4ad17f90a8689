-- For every branch and quarter, to the rupee: what was asked is what came in, what is open and what was cancelled.
-- A row: a branch and quarter whose books do not balance.
with received as (
    select "invoiceId" as id, sum("amount") as amount
    from {{ ref('payments') }}
    where "status" = 'success'
    group by "invoiceId"
),

books as (
    select
        invoice."branchId" as branch,
        invoice."period" as period,
        sum(invoice."amount") as asked,
        sum(case when invoice."status" = 'paid' then invoice."amount" else 0 end) as paid,
        sum(case when invoice."status" = 'partial' then received.amount else 0 end) as in_part,
        sum(
            case
                when invoice."status" in ('partial', 'pending', 'overdue', 'issued')
                    then invoice."amount" - coalesce(received.amount, 0)
                else 0
            end
        ) as open,
        sum(case when invoice."status" = 'cancelled' then invoice."amount" else 0 end) as cancelled
    from {{ ref('invoices') }} as invoice
    left join received
        on received.id = invoice."id"
    group by invoice."branchId", invoice."period"
),

cash_book as (                       -- the same from the side of the payments
    select payment."branchId" as branch, invoice."period" as period, sum(payment."amount") as received
    from {{ ref('payments') }} as payment
    join {{ ref('invoices') }} as invoice
        on invoice."id" = payment."invoiceId"
    where payment."status" = 'success'
    group by payment."branchId", invoice."period"
)

select
    coalesce(books.branch, cash_book.branch) as branch,
    coalesce(books.period, cash_book.period) as period,
    books.asked,
    cash_book.received,
    books.open,
    books.cancelled
from books
full join cash_book
    on cash_book.branch = books.branch
    and cash_book.period = books.period
where books.branch is null
   or books.asked <> coalesce(cash_book.received, 0) + books.open + books.cancelled
   or coalesce(cash_book.received, 0) <> books.paid + books.in_part
