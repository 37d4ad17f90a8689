-- One record a pupil and day, in words of the vocabulary, with a reason exactly where the pupil was not present on
-- time.
-- A row: a pupil and day of which that is not true, and how many records there are.
select "studentId" as student, "date" as day, count(*) as records
from {{ ref('attendance_records') }}
group by "studentId", "date"
having count(*) > 1
union all
select "studentId", "date", 1
from {{ ref('attendance_records') }}
where coalesce("status", '') not in ('present', 'absent', 'late', 'excused')
   or ("status" = 'present') <> ("reason" is null)
   or coalesce("source", '') not in ('manual', 'biometric', 'rfid', 'mobile_app', 'web_portal', 'import')
   or not "date" ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
