-- Every subject, teacher, classroom and break has its rules. One row for each without.
select "id"
from {{ ref('subjects') }}
where "id" not in (select "subjectId" from {{ ref('subject_constraints') }})
union all
select "id"
from {{ ref('teachers') }}
where "id" not in (select "teacherId" from {{ ref('teacher_constraints') }})
union all
select "roomId"
from {{ ref('timetable_periods') }}
where "roomId" not in (select "roomId" from {{ ref('room_constraints') }})
union all
select "id"
from {{ ref('time_slots') }}
where "slotType" <> 'regular'
  and "id" not in (select "timeSlotId" from {{ ref('time_slot_constraints') }})
