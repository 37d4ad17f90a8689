-- Who paid late the quarter before is late again more often than others, by 20 points at least; by less for a small number
-- of families: four standard deviations. A row: the two shares, if they are nearer to each other.
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
        count(*) filter (where before.is_late and paid.is_late)::double precision
            / nullif(count(*) filter (where before.is_late), 0) as late_again,
        count(*) filter (where not before.is_late and paid.is_late)::double precision
            / nullif(count(*) filter (where not before.is_late), 0) as late_for_once,
        count(distinct case when before.is_late then paid.student end) * 0.7::double precision as late,
        count(distinct case when not before.is_late then paid.student end) * 0.7::double precision as others
    from paid
    join paid as before
        on before.student = paid.student
        and before.ordinal = paid.ordinal - 1
)

select late, others, late_again, late_for_once
from shares
where late > 0
  and others > 0
  and late_again - late_for_once < 0.2 - 4 * sqrt(0.25::double precision / late + 0.16::double precision / others)
