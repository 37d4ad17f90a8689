-- One record a pupil and day, of the vocabulary, with a reason exactly where the pupil was not present.
select "studentId", "date", count(*) as records
from {{ ref('attendance_records') }}
group by "studentId", "date"
having count(*) > 1
    or bool_or("status" not in ('present', 'absent', 'late', 'excused'))
    or bool_or(("status" = 'present') <> ("reason" is null))
    or bool_or("source" not in ('manual', 'biometric', 'rfid', 'mobile_app', 'web_portal', 'import'))
