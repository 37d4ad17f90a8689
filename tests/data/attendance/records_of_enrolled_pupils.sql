-- Records lie within an enrollment, and every pupil enrolled on a day on which the branch had school has one.
-- A row: a pupil and academic year with more or fewer records than such days.
with days as (                       -- those on which a branch called the roll
    select
        "branchId" as branch,
        "date"::date as day,
        left("date", 4)::int - case when substring("date", 6, 2)::int < 4 then 1 else 0 end as year
    from {{ ref('attendance_records') }}
    group by "branchId", "date"
),

enrolled as (
    select
        "branchId" as branch,
        "studentId" as student,
        left("startDate", 4)::int - case when substring("startDate", 6, 2)::int < 4 then 1 else 0 end as year,
        "startDate"::date as first_day,
        coalesce("endDate", '9999-12-31')::date as last_day
    from {{ ref('enrollments') }}
),

expected as (
    select enrolled.student, enrolled.year, count(*) as records
    from enrolled
    join days
        on days.branch = enrolled.branch
        and days.year = enrolled.year
        and days.day between enrolled.first_day and enrolled.last_day
    group by enrolled.student, enrolled.year
),

found as (
    select
        "studentId" as student,
        left("date", 4)::int - case when substring("date", 6, 2)::int < 4 then 1 else 0 end as year,
        count(*) as records
    from {{ ref('attendance_records') }}
    group by
        "studentId",
        left("date", 4)::int - case when substring("date", 6, 2)::int < 4 then 1 else 0 end
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
