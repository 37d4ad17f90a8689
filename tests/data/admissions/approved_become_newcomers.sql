-- Every approved application is that of one pupil of the branch who came in its year, with the same names, birthday and
-- sex, and who entered the class that he applied for. A row is an approved application without such a pupil.
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

entries as (                         -- the class of each pupil's first enrollment
    select student, class
    from (
        select
            enrollment."studentId" as student,
            class."name" as class,
            row_number() over (partition by enrollment."studentId" order by enrollment."startDate" collate "C") as place
        from {{ ref('enrollments') }} as enrollment
        join {{ ref('sections') }} as section
            on section."id" = enrollment."sectionId"
        join {{ ref('classes') }} as class
            on class."id" = section."classId"
    ) as enrollments
    where place = 1
)

select application."applicationNo", application."firstName", application."lastName", count(entries.student) as pupils
from {{ ref('applications') }} as application
left join newcomers
    on newcomers.branch = application."branchId"
    and newcomers.first_name = application."firstName"
    and newcomers.last_name = application."lastName"
    and newcomers.dob = application."dob"
    and newcomers.gender = application."gender"
    and newcomers.year = split_part(application."applicationNo", '/', 3)
left join entries
    on entries.student = newcomers.id
    and entries.class = application."classAppliedFor"
where application."status" = 'APPROVED'
group by application."applicationNo", application."firstName", application."lastName"
having count(entries.student) = 0
