-- The rules for rooms: a classroom is kept for its section, another room for its grades. One row for each room that breaks one.
select distinct
    rule."id",
    rule."type",
    rule."value",
    class."name",
    section."name" as letter
from {{ ref('room_constraints') }} as rule
join {{ ref('timetable_periods') }} as period
    on period."roomId" = rule."roomId"
join {{ ref('sections') }} as section
    on section."id" = period."sectionId"
join {{ ref('classes') }} as class
    on class."id" = section."classId"
where (
        rule."type" = 'HOME_SECTION'
        and rule."value" <> '{"class": "' || class."name" || '", "section": "' || section."name" || '"}'
    )
   or (
        rule."type" = 'GRADE_LEVELS'
        and class."gradeLevel" not between regexp_replace(split_part(rule."value", ',', 1), '[^0-9]', '', 'g')::int
            and regexp_replace(split_part(rule."value", ',', 2), '[^0-9]', '', 'g')::int
    )
