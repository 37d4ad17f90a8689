-- Records lie within an enrollment, and every pupil enrolled on a day on which the branch had school has one.
with days as (
    select "branchId" as branch, "date" as day
    from {{ ref('attendance_records') }}
    group by "branchId", "date"
),

expected as (
    select enrollment."studentId" as student, count(*) as records
    from {{ ref('enrollments') }} as enrollment
    join days
        on days.branch = enrollment."branchId"
        and days.day::date between enrollment."startDate"::date and coalesce(enrollment."endDate", '9999-12-31')::date
    group by enrollment."studentId"
),

found as (
    select "studentId" as student, count(*) as records
    from {{ ref('attendance_records') }}
    group by "studentId"
)

select coalesce(expected.student, found.student) as student, expected.records as expected, found.records as found
from expected
full join found
    on found.student = expected.student
where expected.records is distinct from found.records
