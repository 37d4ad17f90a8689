-- The rules for hours: no lessons in assembly and breaks, none for pre-primary in the afternoon.
-- One row for each lesson that breaks one.
select
    period."id",
    rule."type"
from {{ ref('time_slot_constraints') }} as rule
join {{ ref('time_slots') }} as hour
    on hour."id" = rule."timeSlotId"
join {{ ref('timetable_periods') }} as period
    on period."branchId" = hour."branchId"
    and period."dayOfWeek" = hour."dayOfWeek"
    and period."startTime" = hour."startTime"
join {{ ref('sections') }} as section
    on section."id" = period."sectionId"
join {{ ref('classes') }} as class
    on class."id" = section."classId"
where not period."isBreak"
  and (
    rule."type" = 'NO_LESSONS'
    or (
        rule."type" = 'MIN_GRADE_LEVEL'
        and class."gradeLevel" < regexp_replace(rule."value", '[^0-9]', '', 'g')::int
    )
  )
