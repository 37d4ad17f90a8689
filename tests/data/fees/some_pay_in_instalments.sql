-- 4 to 25 per cent of the invoices that are paid at all are paid in instalments, the others at once. More or fewer for a
-- small number of families: four standard deviations. A row: the share, if it is another.
with old as (                        -- invoices that fell due four months ago or earlier, and how they were paid
    select
        invoice."id" as id,
        invoice."studentId" as student,
        invoice."dueDate"::date as due,
        invoice."status" as status,
        count(payment."id") filter (where payment."status" = 'success') as payments,
        count(payment."id") filter (where payment."status" = 'failed') as failures,
        min(case when payment."status" = 'success' then payment."createdAt"::date end) as paid_on
    from {{ ref('invoices') }} as invoice
    left join {{ ref('payments') }} as payment
        on payment."invoiceId" = invoice."id"
    where invoice."dueDate"::date < {{ var('as_of') }} - 120
      and invoice."status" <> 'cancelled'
    group by invoice."id", invoice."studentId", invoice."dueDate", invoice."status"
),

shares as (
    select
        count(*) as invoices,
        count(distinct student) * 0.7::double precision as families,
        count(*) filter (where payments > 1)::double precision / count(*) as share
    from old
    where payments > 0
    having count(*) > 0
)

select invoices, share as in_instalments
from shares
where share < 0.04 - 4 * sqrt(0.04 * (1 - 0.04)::double precision / families)
   or share > 0.25 + 4 * sqrt(0.25 * (1 - 0.25)::double precision / families)
