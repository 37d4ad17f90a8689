-- The columns with a closed list of values hold no others. One row for each value that is not on the list.
select 'TimeSlot.slotType' as source, "slotType" as value
from {{ ref('time_slots') }}
where "slotType" not in ('regular', 'break', 'assembly')
union all
select 'Room.type', "type"
from {{ ref('rooms') }}
where "type" not in ('classroom', 'lab', 'auditorium', 'sports')
union all
select 'TimetablePeriod.breakType', "breakType"
from {{ ref('timetable_periods') }}
where "breakType" not in ('short', 'lunch')
