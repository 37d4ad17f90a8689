-- Few pupils repeat a grade, and only in grades that detain. A section detains one a year at most, one section in
-- four on average; in full sections these are 0.1 to 2 per cent of the pupils, with four standard deviations for a
-- small school.
-- A row: the numbers, if they are outside.
{% set is_full_size = var('seat_limit') >= 64 %}
with attended as (
    select
        enrollment."studentId" as student,
        enrollment."sectionId" as section,
        left(enrollment."startDate", 4)::int
            - case when substring(enrollment."startDate", 6, 2)::int < 4 then 1 else 0 end as year,
        class."gradeLevel" as level
    from {{ ref('enrollments') }} as enrollment
    join {{ ref('sections') }} as section
        on section."id" = enrollment."sectionId"
    join {{ ref('classes') }} as class
        on class."id" = section."classId"
),

followed as (                        -- each section and year of which the next year is known
    select
        attended.section,
        attended.year,
        count(*) as pupils,
        count(*) filter (where following.level = attended.level) as repeated,
        count(*) filter (where following.level = attended.level and flow.detained_pct = 0) as unexpected
    from attended
    join attended as following
        on following.student = attended.student
        and following.year = attended.year + 1
    join {{ seed('pupil_flow') }} as flow
        on flow.level = attended.level
    group by attended.section, attended.year
),

totals as (
    select
        count(*) as sections,
        sum(pupils)::double precision as pupils,
        sum(repeated)::double precision as repeated,
        sum(unexpected) as unexpected,
        max(repeated) as most
    from followed
)

select sections, pupils, repeated, unexpected, most
from totals
where unexpected > 0
   or most > 1
   or repeated > 0.25 * sections + 4 * sqrt(0.1875 * sections::double precision)
{% if is_full_size %}
   or repeated > 0.02 * pupils + 4 * sqrt(0.02 * pupils)
   or repeated < 0.001 * pupils - 4 * sqrt(0.001 * pupils)
{% endif %}
