-- Every row has its branch, and so has everything that it points to. One row for each that has not.
select 'TimetablePeriod' as source, child."id"
from {{ ref('timetable_periods') }} as child
join {{ ref('sections') }} as section on section."id" = child."sectionId"
join {{ ref('academic_years') }} as year on year."id" = child."academicYearId"
left join {{ ref('subjects') }} as subject on subject."id" = child."subjectId"
left join {{ ref('teachers') }} as teacher on teacher."id" = child."teacherId"
left join {{ ref('rooms') }} as room on room."id" = child."roomId"
where child."branchId" is null
   or section."branchId" <> child."branchId"
   or year."branchId" <> child."branchId"
   or coalesce(subject."branchId", child."branchId") <> child."branchId"
   or coalesce(teacher."branchId", child."branchId") <> child."branchId"
   or coalesce(room."branchId", child."branchId") <> child."branchId"
union all
select 'ClassSubjectTeacher', child."id"
from {{ ref('class_subject_teachers') }} as child
join {{ ref('classes') }} as class on class."id" = child."classId"
join {{ ref('subjects') }} as subject on subject."id" = child."subjectId"
join {{ ref('teachers') }} as teacher on teacher."id" = child."teacherId"
where child."branchId" is null
   or class."branchId" <> child."branchId"
   or subject."branchId" <> child."branchId"
   or teacher."branchId" <> child."branchId"
union all
select 'SubjectConstraint', child."id"
from {{ ref('subject_constraints') }} as child
join {{ ref('subjects') }} as parent on parent."id" = child."subjectId"
where child."branchId" is null
   or parent."branchId" <> child."branchId"
union all
select 'TeacherConstraint', child."id"
from {{ ref('teacher_constraints') }} as child
join {{ ref('teachers') }} as parent on parent."id" = child."teacherId"
where child."branchId" is null
   or parent."branchId" <> child."branchId"
union all
select 'RoomConstraint', child."id"
from {{ ref('room_constraints') }} as child
join {{ ref('rooms') }} as parent on parent."id" = child."roomId"
where child."branchId" is null
   or parent."branchId" <> child."branchId"
union all
select 'TimeSlotConstraint', child."id"
from {{ ref('time_slot_constraints') }} as child
join {{ ref('time_slots') }} as parent on parent."id" = child."timeSlotId"
where child."branchId" is null
   or parent."branchId" <> child."branchId"
union all
select 'TimetableTemplate', "id"
from {{ ref('timetable_templates') }}
where "branchId" is null
