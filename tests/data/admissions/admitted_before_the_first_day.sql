-- An approved application is answered before the pupil's first day, and submitted at most eight months before.
-- A row is one that is not.
with newcomers as (                  -- pupils by what an application says of them; the admission number names the year
    select
        student."id" as id,
        student."branchId" as branch,
        student."firstName" as first_name,
        student."lastName" as last_name,
        student."dob" as dob,
        student."gender" as gender,
        split_part(student."admissionNo", '/', 2) as year
    from {{ ref('students') }} as student
),

first_days as (
    select
        newcomers.branch,
        newcomers.first_name,
        newcomers.last_name,
        newcomers.dob,
        max(enrollments.first_day) as first_day
    from newcomers
    join (
        select "studentId" as student, min("startDate"::date) as first_day
        from {{ ref('enrollments') }}
        group by "studentId"
    ) as enrollments
        on enrollments.student = newcomers.id
    group by newcomers.branch, newcomers.first_name, newcomers.last_name, newcomers.dob
)

select application."applicationNo", application."submittedAt", application."reviewedAt", first_days.first_day
from {{ ref('applications') }} as application
join first_days
    on first_days.branch = application."branchId"
    and first_days.first_name = application."firstName"
    and first_days.last_name = application."lastName"
    and first_days.dob = application."dob"
where application."status" = 'APPROVED'
  and (application."reviewedAt"::date >= first_days.first_day or application."submittedAt"::date < first_days.first_day - 245)
