-- Between 0.1 and 2 per cent of the pupils repeat a grade, and only grades that detain.
with attended as (
    select
        enrollment."studentId" as student,
        left(enrollment."startDate", 4)::int as year,
        class."gradeLevel" as level
    from {{ ref('enrollments') }} as enrollment
    join {{ ref('sections') }} as section
        on section."id" = enrollment."sectionId"
    join {{ ref('classes') }} as class
        on class."id" = section."classId"
),

pairs as (
    select
        count(*) as followed,
        count(*) filter (where following.level = attended.level) as repeated,
        count(*) filter (where following.level = attended.level and attended.level not in (7, 10, 11, 13)) as unexpected
    from attended
    join attended as following
        on following.student = attended.student
        and following.year = attended.year + 1
)

select followed, repeated, unexpected
from pairs
where repeated * 1000 not between followed and followed * 20
   or unexpected > 0
