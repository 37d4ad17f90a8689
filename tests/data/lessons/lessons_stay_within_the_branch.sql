-- Every session has its branch, and so has everything that it points to; a pupil is marked in lessons of his own branch.
-- A row: one of which that is not true.
{% set references = [
    ('periodId', 'timetable_periods'), ('sectionId', 'sections'), ('subjectId', 'subjects'),
    ('assignedTeacherId', 'teachers'), ('actualTeacherId', 'teachers'),
] %}
{% for column, parent in references %}

select 'AttendanceSession.{{ column }}' as source, child."id"
from {{ ref('attendance_sessions') }} as child
left join {{ ref(parent) }} as parent
    on parent."id" = child."{{ column }}"
where child."branchId" is null
   or parent."branchId" <> child."branchId"
union all
{% endfor %}
select 'StudentPeriodAttendance.studentId', child."id"
from {{ ref('student_period_attendance') }} as child
join {{ ref('attendance_sessions') }} as session
    on session."id" = child."sessionId"
join {{ ref('students') }} as student
    on student."id" = child."studentId"
where student."branchId" <> session."branchId"
