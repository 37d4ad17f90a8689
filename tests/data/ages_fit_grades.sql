-- On 1 April of the year of the class a pupil is as old as the grade asks, or up to two and a half years older.
with seated as (
    select
        student."id" as student,
        student."dob" as born,
        grade.age_on_april_1 as age,
        grade.name as grade,
        max(left(enrollment."startDate", 4)::int) as year
    from {{ ref('students') }} as student
    join {{ ref('enrollments') }} as enrollment
        on enrollment."studentId" = student."id"
    join {{ ref('classes') }} as class
        on class."id" = student."classId"
    join {{ seed('grades') }} as grade
        on grade.level = class."gradeLevel"
    group by student."id", student."dob", grade.age_on_april_1, grade.name
)

select student, born, grade, year
from seated
where make_date(year, 4, 1) - born::date not between age * 365 and age * 365 + 920
