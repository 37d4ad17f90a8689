-- Everybody misses the days of two years.
-- Also fails: absence_notices_are_true, absences_are_notified, attendance_rates, lessons_agree_with_the_register,
--   present_on_the_register, records_of_enrolled_pupils, records_once_a_day
insert into {{ ref('attendance_records') }}
    ("id", "branchId", "studentId", "date", "status", "reason", "markedBy", "source")
select
    record."id" || '-' || again.n, record."branchId", record."studentId", record."date", 'absent', 'Fever',
    record."markedBy", 'manual'
from {{ ref('attendance_records') }} as record
cross join generate_series(1, 40) as again(n)
