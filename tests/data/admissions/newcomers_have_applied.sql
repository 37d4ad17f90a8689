-- Every pupil who came in one of the years shown has one approved application. A row is a pupil who has none, or several.
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

shown as (
    select "branchId" as branch, min(left("startDate", 4)::int) as first_year
    from {{ ref('academic_years') }}
    group by "branchId"
),

approved as (
    select
        "branchId" as branch,
        "firstName" as first_name,
        "lastName" as last_name,
        "dob" as dob,
        split_part("applicationNo", '/', 3) as year,
        count(*) as applications
    from {{ ref('applications') }}
    where "status" = 'APPROVED'
    group by "branchId", "firstName", "lastName", "dob", split_part("applicationNo", '/', 3)
),

expected as (                        -- namesakes born on one day count together
    select branch, first_name, last_name, dob, year, count(*) as pupils
    from newcomers
    group by branch, first_name, last_name, dob, year
)

select expected.branch, expected.first_name, expected.last_name, expected.dob, expected.pupils, approved.applications
from expected
join shown
    on shown.branch = expected.branch
left join approved
    on approved.branch = expected.branch
    and approved.first_name = expected.first_name
    and approved.last_name = expected.last_name
    and approved.dob = expected.dob
    and approved.year = expected.year
where expected.year::int >= shown.first_year
  and expected.pupils is distinct from approved.applications
