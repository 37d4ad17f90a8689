-- An invoice is due on the schedule's day of the quarter's first month; that of a pupil who joins in the quarter on that
-- day or some days after he came, whichever is later. A row: an invoice with another due date.
with invoices as (
    select
        invoice."id" as id,
        invoice."dueDate" as due,
        enrollment."startDate"::date as first_day,
        schedule."dueDayOfMonth" as due_day,
        quarter.newcomer_days as newcomer_days,
        make_date(
            substring(invoice."period", 4, 4)::int + case when substring(invoice."period", 2, 1) = '4' then 1 else 0 end,
            substring(invoice."period", 2, 1)::int * 3 % 12 + 1,
            1
        ) as starts
    from {{ ref('invoices') }} as invoice
    left join {{ ref('enrollments') }} as enrollment
        on enrollment."studentId" = invoice."studentId"
        and left(enrollment."startDate", 4)::int
            - case when substring(enrollment."startDate", 6, 2)::int < 4 then 1 else 0 end
            = substring(invoice."period", 4, 4)::int
    left join {{ ref('sections') }} as section
        on section."id" = enrollment."sectionId"
    left join {{ ref('fee_schedules') }} as schedule
        on schedule."classId" = section."classId"
        and left(schedule."startDate", 4) = substring(invoice."period", 4, 4)
    left join {{ seed('fee_quarters') }} as quarter
        on quarter.quarter = substring(invoice."period", 2, 1)::int
)

select id, due, first_day, due_day
from invoices
where coalesce(
    due <> case
        when first_day > starts then greatest(starts + due_day - 1, first_day + newcomer_days)
        else starts + due_day - 1
    end::text,
    true
)
