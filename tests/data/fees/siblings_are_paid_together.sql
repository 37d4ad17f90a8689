-- A family mostly pays for its children on one day: for 70 per cent of the pairs at least, or fewer for a small number of
-- them: four standard deviations. A row: the share, if it is smaller.
with paid as materialized (
    select
        tie."guardianId" as guardian,
        invoice."studentId" as student,
        invoice."period" as period,
        min(payment."createdAt"::date) as day
    from {{ ref('payments') }} as payment
    join {{ ref('invoices') }} as invoice
        on invoice."id" = payment."invoiceId"
    join {{ ref('student_guardians') }} as tie
        on tie."studentId" = invoice."studentId"
        and tie."isPrimary"
    where payment."status" = 'success'
    group by tie."guardianId", invoice."studentId", invoice."period"
),

shares as (
    select
        count(*) as pairs,
        count(*) filter (where one.day = other.day)::double precision / count(*) as together
    from paid as one
    join paid as other
        on other.guardian = one.guardian
        and other.period = one.period
        and other.student collate "C" > one.student collate "C"
    having count(*) > 0
)

select pairs, together
from shares
where together < 0.7 - 4 * sqrt(0.21::double precision / pairs)
