-- Payments by UPI, in percent, by year
-- Estimate: seed payment_methods, after the growth of UPI among all payments. Within 3 points, and four standard errors
-- for as many families as have paid.
with paid as (                       -- one row per academic year, which the invoice's period names, as in 'Q1 2026-27'
    select
        substring(invoice."period", 4, 4)::int as year_no,
        count(*) as payments,
        count(*) filter (where payment."method" = 'upi') as by_upi,
        -- some seven families for ten pupils; a family keeps to its ways of paying
        count(distinct invoice."studentId")::double precision * 0.7 as families
    from {{ ref('payments') }} as payment
    join {{ ref('invoices') }} as invoice
        on invoice."id" = payment."invoiceId"
    where payment."status" = 'success'
    group by 1
),

expected as (                        -- one row per academic year of the seed
    select
        year_no,
        share_permille
    from {{ seed('payment_methods') }}
    where is_upi
)

select
    paid.year_no::text as label,
    100.0 * paid.by_upi / paid.payments as actual,
    expected.share_permille * 0.1 as target,
    3 + 400 * sqrt(
        expected.share_permille * (1000 - expected.share_permille) * 0.000001::double precision / paid.families
    ) as tolerance
from paid
join expected
    on expected.year_no = paid.year_no
order by paid.year_no
