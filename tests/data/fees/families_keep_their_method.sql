-- A family mostly pays by the method by which it paid the quarter before: in 60 per cent of the quarters at least, or less
-- for a small number of families: four standard deviations. A row: the share, if it is smaller.
with paid as materialized (          -- how and when each invoice was first paid
    select student, ordinal, method, is_late
    from (
        select
            invoice."studentId" as student,
            substring(invoice."period", 4, 4)::int * 4 + substring(invoice."period", 2, 1)::int as ordinal,
            payment."method" as method,
            payment."createdAt"::date > invoice."dueDate"::date as is_late,
            row_number() over (
                partition by invoice."id" order by payment."createdAt", payment."id" collate "C"
            ) as turn
        from {{ ref('payments') }} as payment
        join {{ ref('invoices') }} as invoice
            on invoice."id" = payment."invoiceId"
        where payment."status" = 'success'
    ) as payments
    where turn = 1
),

shares as (
    select
        count(*) filter (where paid.method = before.method)::double precision / count(*) as kept,
        count(distinct paid.student) * 0.7::double precision as families
    from paid
    join paid as before
        on before.student = paid.student
        and before.ordinal = paid.ordinal - 1
    having count(*) > 0
)

select families, kept
from shares
where kept < 0.6 - 4 * sqrt(0.24::double precision / families)
