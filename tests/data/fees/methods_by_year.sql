-- The share of each method among the payments for a year is the lookup's: within four standard deviations for as many
-- families as have paid, and 3 points for instalments and returned cheques. A row: a year and method further away.
with paid as materialized (
    select
        substring(invoice."period", 4, 4)::int as year_no,
        payment."method" as method,
        invoice."studentId" as student
    from {{ ref('payments') }} as payment
    join {{ ref('invoices') }} as invoice
        on invoice."id" = payment."invoiceId"
    where payment."status" = 'success'
),

years as (                           -- a family pays several times by one method, so that it counts once
    select year_no, count(*) as payments, count(distinct student) * 0.7::double precision as families
    from paid
    group by year_no
),

methods as (
    select year_no, method, count(*) as payments
    from paid
    group by year_no, method
)

select
    years.year_no,
    lookup.method,
    coalesce(methods.payments, 0)::double precision / years.payments as share,
    lookup.share_permille
from years
join {{ seed('payment_methods') }} as lookup
    on lookup.year_no = years.year_no
left join methods
    on methods.year_no = years.year_no
    and methods.method = lookup.method
where abs(coalesce(methods.payments, 0)::double precision / years.payments
        - lookup.share_permille * 0.001::double precision)
    > 0.03::double precision
        + 4 * sqrt(lookup.share_permille * (1000 - lookup.share_permille) * 0.000001::double precision / years.families)
