-- From 2022-23 on more payments for a year come by UPI than by any other method, within four standard deviations for as
-- many families as have paid. A row: a year in which another method leads.
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

years as (
    select
        year_no,
        count(*) as payments,
        count(*) filter (where method = 'upi') as by_upi,
        count(distinct student) * 0.7::double precision as families
    from paid
    group by year_no
),

others as (
    select year_no, max(payments) as payments
    from (
        select year_no, method, count(*) as payments
        from paid
        where method <> 'upi'
        group by year_no, method
    ) as by_method
    group by year_no
)

select years.year_no, years.by_upi, others.payments as by_the_next
from years
join others
    on others.year_no = years.year_no
where years.year_no >= 2022
  and (others.payments - years.by_upi)::double precision / years.payments > 4 * sqrt(0.5::double precision / years.families)
