-- A pupil has one invoice for every quarter in which he was enrolled and whose invoices are out by the as-of date, and no
-- other; but one of a quarter that he left before it began, after its invoices were issued, is there and cancelled.
-- A row: a pupil and quarter with an invoice too few or too many.
with quarters as (
    select
        year."branchId" as branch,
        left(year."startDate", 4)::int as year_no,
        'Q' || quarter.quarter || ' ' || left(year."startDate", 4) || '-' || substring(year."endDate", 3, 2) as period,
        make_date(left(year."startDate", 4)::int + quarter.years_later, quarter.first_month, 1) as starts,
        quarter.issued_days_before as issued_before
    from {{ ref('academic_years') }} as year
    cross join {{ seed('fee_quarters') }} as quarter
),

attended as (                        -- each enrollment with each quarter of its year whose invoices are out
    select
        enrollment."studentId" as student,
        quarters.period,
        enrollment."startDate"::date < quarters.starts + interval '3 months'
            and coalesce(enrollment."endDate"::date >= quarters.starts, true) as is_enrolled,
        enrollment."endDate"::date >= quarters.starts - quarters.issued_before
            and enrollment."endDate"::date < quarters.starts as leaves_just_before
    from {{ ref('enrollments') }} as enrollment
    join quarters
        on quarters.branch = enrollment."branchId"
        and quarters.year_no = left(enrollment."startDate", 4)::int
            - case when substring(enrollment."startDate", 6, 2)::int < 4 then 1 else 0 end
    where quarters.starts - quarters.issued_before <= {{ var('as_of') }}
)

select coalesce(attended.student, invoice."studentId") as student, coalesce(attended.period, invoice."period") as period
from (select student, period, is_enrolled from attended where is_enrolled or leaves_just_before) as attended
full join {{ ref('invoices') }} as invoice
    on invoice."studentId" = attended.student
    and invoice."period" = attended.period
where attended.student is null
   or invoice."id" is null
   or (not attended.is_enrolled and invoice."status" <> 'cancelled')
