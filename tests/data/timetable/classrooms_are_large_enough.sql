-- A section fits into every room where it has a lesson. One row for each that does not.
select distinct
    period."sectionId",
    room."code",
    room."capacity",
    section."capacity" as pupils
from {{ ref('timetable_periods') }} as period
join {{ ref('sections') }} as section
    on section."id" = period."sectionId"
join {{ ref('rooms') }} as room
    on room."id" = period."roomId"
where room."capacity" < section."capacity"
