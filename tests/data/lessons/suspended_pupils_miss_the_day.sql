-- Who is suspended from class is so in all lessons of the day, and in the middle or senior school. A row: a pupil and day
-- of which that is not true.
select mark."studentId", session."date"
from {{ ref('student_period_attendance') }} as mark
join {{ ref('attendance_sessions') }} as session
    on session."id" = mark."sessionId"
join {{ ref('sections') }} as section
    on section."id" = session."sectionId"
join {{ ref('classes') }} as class
    on class."id" = section."classId"
group by mark."studentId", session."date"
having count(*) filter (where mark."status" = 'suspended') > 0
   and (count(*) filter (where mark."status" <> 'suspended') > 0 or min(class."gradeLevel") < 8)
