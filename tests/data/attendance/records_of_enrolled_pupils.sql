-- Records lie within an enrollment, and every pupil enrolled on a day on which the branch had school has one.
-- A row: a pupil and academic year with more or fewer records than such days.
with days as (                       -- those on which a branch called the roll
    select
        "branchId" as branch,
        "date"::date as day
    from {{ ref('attendance_records') }}
    group by "branchId", "date"
),

dates as (                           -- with the academic year that each is of
    select
        "date" as text,
        left("date", 4)::int - case when substring("date", 6, 2)::int < 4 then 1 else 0 end as year
    from (select distinct "date" from {{ ref('attendance_records') }}) as called
),

enrolled as (
    select
        "branchId" as branch,
        "studentId" as student,
        left("startDate", 4)::int - case when substring("startDate", 6, 2)::int < 4 then 1 else 0 end as year,
        "startDate"::date as first_day,
        coalesce("endDate", (left("startDate", 4)::int + 1)::text || '-03-31')::date as last_day
    from {{ ref('enrollments') }}
),

periods as (                         -- most pupils of a branch come and go on the same days: each count is made once
    select periods.branch, periods.first_day, periods.last_day, count(*) as days
    from (select distinct branch, first_day, last_day from enrolled) as periods
    join days
        on days.branch = periods.branch
        and days.day between periods.first_day and periods.last_day
    group by periods.branch, periods.first_day, periods.last_day
),

expected as (
    select enrolled.student, enrolled.year, sum(periods.days) as records
    from enrolled
    join periods
        on periods.branch = enrolled.branch
        and periods.first_day = enrolled.first_day
        and periods.last_day = enrolled.last_day
    group by enrolled.student, enrolled.year
),

found as (
    select
        record."studentId" as student,
        dates.year,
        count(*) as records
    from {{ ref('attendance_records') }} as record
    join dates
        on dates.text = record."date"
    group by record."studentId", dates.year
)

select
    coalesce(expected.student, found.student) as student,
    coalesce(expected.year, found.year) as year,
    expected.records as expected,
    found.records as found
from expected
full join found
    on found.student = expected.student
    and found.year = expected.year
where expected.records is distinct from found.records
