-- An invoice asks for the components of the pupil's grade and year, less the concession on tuition for who has elder
-- brothers or sisters, by the same guardian, enrolled in the quarter. A row: an invoice over another amount.
with invoices as (
    select
        "id" as id,
        "studentId" as student,
        "amount" as amount,
        substring("period", 4, 4)::int as year_no,
        make_date(
            substring("period", 4, 4)::int + case when substring("period", 2, 1) = '4' then 1 else 0 end,
            substring("period", 2, 1)::int * 3 % 12 + 1,
            1
        ) as starts
    from {{ ref('invoices') }}
),

attended as materialized (
    select
        enrollment."studentId" as student,
        section."classId" as class_id,
        left(enrollment."startDate", 4)::int
            - case when substring(enrollment."startDate", 6, 2)::int < 4 then 1 else 0 end as year_no,
        enrollment."startDate"::date as first_day,
        coalesce(enrollment."endDate"::date, date '9999-12-31') as last_day
    from {{ ref('enrollments') }} as enrollment
    join {{ ref('sections') }} as section
        on section."id" = enrollment."sectionId"
),

fees as (
    select
        schedule."classId" as class_id,
        left(schedule."startDate", 4)::int as year_no,
        sum(component."amount")::bigint as fee,
        sum(case when component."type" = 'tuition' then component."amount" else 0 end)::bigint as tuition
    from {{ ref('fee_components') }} as component
    join {{ ref('fee_schedules') }} as schedule
        on schedule."feeStructureId" = component."feeStructureId"
    group by schedule."classId", schedule."startDate"
),

elders as (                          -- each pupil with his elder brothers and sisters
    select distinct tie."studentId" as student, other."studentId" as elder
    from {{ ref('student_guardians') }} as tie
    join {{ ref('student_guardians') }} as other
        on other."guardianId" = tie."guardianId"
        and other."studentId" <> tie."studentId"
    join {{ ref('students') }} as younger
        on younger."id" = tie."studentId"
    join {{ ref('students') }} as older
        on older."id" = other."studentId"
    where older."dob"::date < younger."dob"::date
),

counted as (                         -- each invoice with the fee, and how many of them are here in the quarter
    select invoices.id, invoices.amount, fees.fee, fees.tuition, count(elder.student) as elders
    from invoices
    left join attended
        on attended.student = invoices.student
        and attended.year_no = invoices.year_no
    left join fees
        on fees.class_id = attended.class_id
        and fees.year_no = invoices.year_no
    left join (
        select elders.student, attended.year_no, attended.first_day, attended.last_day
        from elders
        join attended
            on attended.student = elders.elder
    ) as elder
        on elder.student = invoices.student
        and elder.year_no = invoices.year_no
        and elder.first_day < invoices.starts + interval '3 months'
        and elder.last_day >= invoices.starts
    group by invoices.id, invoices.amount, fees.fee, fees.tuition
)

select counted.id, counted.amount, counted.fee, counted.elders
from counted
join {{ seed('sibling_concessions') }} as concession
    on concession.elders = least(counted.elders, 2)
where coalesce(counted.amount <> counted.fee - counted.tuition * concession.tuition_pct / 1000 * 10, true)
