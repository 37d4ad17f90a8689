-- Every reference leads to a row. One row for each that does not.
select 'TimetablePeriod.sectionId' as source, child."id"
from {{ ref('timetable_periods') }} as child
left join {{ ref('sections') }} as parent on parent."id" = child."sectionId"
where parent."id" is null
union all
select 'TimetablePeriod.academicYearId', child."id"
from {{ ref('timetable_periods') }} as child
left join {{ ref('academic_years') }} as parent on parent."id" = child."academicYearId"
where parent."id" is null
union all
select 'TimetablePeriod.subjectId', child."id"
from {{ ref('timetable_periods') }} as child
left join {{ ref('subjects') }} as parent on parent."id" = child."subjectId"
where child."subjectId" is not null
  and parent."id" is null
union all
select 'TimetablePeriod.teacherId', child."id"
from {{ ref('timetable_periods') }} as child
left join {{ ref('teachers') }} as parent on parent."id" = child."teacherId"
where child."teacherId" is not null
  and parent."id" is null
union all
select 'TimetablePeriod.roomId', child."id"
from {{ ref('timetable_periods') }} as child
left join {{ ref('rooms') }} as parent on parent."id" = child."roomId"
where child."roomId" is not null
  and parent."id" is null
union all
select 'ClassSubjectTeacher', child."id"
from {{ ref('class_subject_teachers') }} as child
left join {{ ref('classes') }} as class on class."id" = child."classId"
left join {{ ref('subjects') }} as subject on subject."id" = child."subjectId"
left join {{ ref('teachers') }} as teacher on teacher."id" = child."teacherId"
where class."id" is null
   or subject."id" is null
   or teacher."id" is null
union all
select 'SubjectConstraint', child."id"
from {{ ref('subject_constraints') }} as child
left join {{ ref('subjects') }} as parent on parent."id" = child."subjectId"
where parent."id" is null
union all
select 'TeacherConstraint', child."id"
from {{ ref('teacher_constraints') }} as child
left join {{ ref('teachers') }} as parent on parent."id" = child."teacherId"
where parent."id" is null
union all
select 'RoomConstraint', child."id"
from {{ ref('room_constraints') }} as child
left join {{ ref('rooms') }} as parent on parent."id" = child."roomId"
where parent."id" is null
union all
select 'TimeSlotConstraint', child."id"
from {{ ref('time_slot_constraints') }} as child
left join {{ ref('time_slots') }} as parent on parent."id" = child."timeSlotId"
where parent."id" is null
