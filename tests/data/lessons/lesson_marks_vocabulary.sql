-- A mark in a lesson is one of seven; minutes late stand with late and with nothing else, and lie within the lesson; who is
-- not present has a reason, who is has none. A row: a mark of which that is not true.
select "id", "status", "minutesLate", "reason"
from {{ ref('student_period_attendance') }}
where "status" not in ('present', 'absent', 'late', 'excused', 'medical', 'suspended', 'activity')
   or ("status" = 'late') <> ("minutesLate" is not null)
   or "minutesLate" not between 1 and 39
   or ("status" = 'present') <> ("reason" is null)
   or ("status" = 'present' and "notes" is not null)
