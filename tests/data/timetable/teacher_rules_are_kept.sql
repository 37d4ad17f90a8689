-- The rules for teachers: at most so many lessons a week, only these grades. One row for each teacher and year that breaks one.
with weeks as (
    select
        period."academicYearId"   as academic_year_id,
        period."teacherId"        as teacher_id,
        count(*)                  as periods,
        min(class."gradeLevel")   as first_level,
        max(class."gradeLevel")   as last_level
    from {{ ref('timetable_periods') }} as period
    join {{ ref('sections') }} as section
        on section."id" = period."sectionId"
    join {{ ref('classes') }} as class
        on class."id" = section."classId"
    where period."teacherId" is not null
    group by
        period."academicYearId",
        period."teacherId"
)

select
    weeks.academic_year_id,
    weeks.teacher_id,
    rule."type",
    rule."value"
from weeks
join {{ ref('teacher_constraints') }} as rule
    on rule."teacherId" = weeks.teacher_id
where (rule."type" = 'MAX_PERIODS_PER_WEEK' and regexp_replace(rule."value", '[^0-9]', '', 'g')::int < weeks.periods)
   or (
        rule."type" = 'GRADE_LEVELS'
        and (
            regexp_replace(split_part(rule."value", ',', 1), '[^0-9]', '', 'g')::int > weeks.first_level
            or regexp_replace(split_part(rule."value", ',', 2), '[^0-9]', '', 'g')::int < weeks.last_level
        )
    )
