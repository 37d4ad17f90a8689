-- On 1 April of each year a pupil is as old as the grade asks, or up to two and a half years older: nobody is
-- enrolled before birth.
-- A row: an enrollment of somebody too young or too old.
with seated as (
    select
        enrollment."id" as enrollment,
        student."dob"::date as born,
        grade.age_on_april_1 as age,
        grade.name as grade,
        left(enrollment."startDate", 4)::int
            - case when substring(enrollment."startDate", 6, 2)::int < 4 then 1 else 0 end as year
    from {{ ref('enrollments') }} as enrollment
    join {{ ref('students') }} as student
        on student."id" = enrollment."studentId"
    join {{ ref('sections') }} as section
        on section."id" = enrollment."sectionId"
    join {{ ref('classes') }} as class
        on class."id" = section."classId"
    join {{ seed('grades') }} as grade
        on grade.level = class."gradeLevel"
)

select enrollment, born, grade, year
from seated
where make_date(year, 4, 1) - born not between age * 365 and age * 365 + 920
