-- Age on 1 April, in years, by class
-- Estimate: births are spread over the year before the age that the grade asks for; a few are older.
with seated as (                     -- one row per pupil and academic year: his age in days on the 1 April of it
    select
        class."gradeLevel" as level,
        make_date(
            left(enrollment."startDate", 4)::int
                - case when substring(enrollment."startDate", 6, 2)::int < 4 then 1 else 0 end,
            4,
            1
        ) - student."dob"::date as days
    from {{ ref('enrollments') }} as enrollment
    join {{ ref('students') }} as student
        on student."id" = enrollment."studentId"
    join {{ ref('sections') }} as section
        on section."id" = enrollment."sectionId"
    join {{ ref('classes') }} as class
        on class."id" = section."classId"
)

select
    grade.name as label,
    avg(seated.days::double precision) / 365.25 as actual,
    grade.age_on_april_1 + 0.52 as target,
    0.1 + 1.4 / sqrt(count(*)::double precision) as tolerance
from seated
join {{ seed('grades') }} as grade
    on grade.level = seated.level
group by grade.level, grade.name, grade.age_on_april_1
order by grade.level
