-- Every period begins and ends with an hour of its branch, lessons with a regular one, breaks with a break.
-- One row for each period without such an hour.
select period."id"
from {{ ref('timetable_periods') }} as period
left join {{ ref('time_slots') }} as hour
    on hour."branchId" = period."branchId"
    and hour."dayOfWeek" = period."dayOfWeek"
    and hour."startTime" = period."startTime"
    and hour."endTime" = period."endTime"
    and hour."slotType" = case when period."isBreak" then 'break' else 'regular' end
where hour."id" is null
