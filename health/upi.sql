-- Payments by UPI, in percent, by year
-- Estimate: seed payment_methods, after the growth of UPI among all payments. Within 3 points, and four standard errors for
-- as many families as have paid.
select
    paid.year_no::text,
    100.0 * paid.by_upi / paid.payments,
    lookup.share_permille * 0.1,
    3 + 400 * sqrt(lookup.share_permille * (1000 - lookup.share_permille) * 0.000001::double precision / (paid.pupils * 0.7))
from (
    select
        substring(invoice."period", 4, 4)::int as year_no,
        count(*) as payments,
        count(*) filter (where payment."method" = 'upi') as by_upi,
        count(distinct invoice."studentId")::double precision as pupils
    from {{ ref('payments') }} as payment
    join {{ ref('invoices') }} as invoice
        on invoice."id" = payment."invoiceId"
    where payment."status" = 'success'
    group by 1
) as paid
join {{ seed('payment_methods') }} as lookup
    on lookup.year_no = paid.year_no
    and lookup.is_upi
order by paid.year_no
