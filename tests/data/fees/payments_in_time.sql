-- A payment is made after its invoice was issued and the pupil came, and known to have come or failed later than that;
-- both not after the as-of date. A row: a payment at another time.
select payment."id", payment."createdAt", payment."updatedAt", invoice."period", enrollment."startDate"
from {{ ref('payments') }} as payment
left join {{ ref('invoices') }} as invoice
    on invoice."id" = payment."invoiceId"
left join {{ ref('enrollments') }} as enrollment
    on enrollment."studentId" = invoice."studentId"
    and left(enrollment."startDate", 4)::int
        - case when substring(enrollment."startDate", 6, 2)::int < 4 then 1 else 0 end
        = substring(invoice."period", 4, 4)::int
left join {{ seed('fee_quarters') }} as quarter
    on quarter.quarter = substring(invoice."period", 2, 1)::int
where enrollment."id" is null
   or payment."createdAt"::date < enrollment."startDate"::date
   or payment."createdAt"::date <
        make_date(
            substring(invoice."period", 4, 4)::int + case when substring(invoice."period", 2, 1) = '4' then 1 else 0 end,
            substring(invoice."period", 2, 1)::int * 3 % 12 + 1,
            1
        ) - quarter.issued_days_before
   or coalesce(payment."updatedAt" < payment."createdAt", true)
   or payment."createdAt"::date > {{ var('as_of') }}
   or payment."updatedAt"::date > {{ var('as_of') }}
