-- Brothers and sisters are born at least 280 days apart, unless they are twins, born on one day.
-- A row: two children of one first contact who are neither.
with children as (
    select
        link."guardianId" as guardian,
        student."id" as student,
        student."dob"::date as born,
        lag(student."dob"::date) over (
            partition by link."guardianId"
            order by student."dob" collate "C", student."id" collate "C"
        ) as born_before
    from {{ ref('student_guardians') }} as link
    join {{ ref('students') }} as student
        on student."id" = link."studentId"
    where link."isPrimary"
)

select guardian, student, born, born_before
from children
where born - born_before between 1 and 279
