-- Who stands as on leave in the staff list has been on leave for at least the last ten days. A row: a mark of those days
-- that says otherwise.
select mark."id", mark."date", mark."status"
from {{ ref('staff') }} as member
join {{ ref('teachers') }} as teacher
    on teacher."staffId" = member."id"
join {{ ref('teacher_attendance') }} as mark
    on mark."teacherId" = teacher."id"
where member."status" = 'on_leave'
  and mark."date"::date > {{ var('as_of') }} - 10
  and mark."status" <> 'ON_LEAVE'
