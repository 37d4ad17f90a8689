-- Everybody misses the days of two years.
insert into {{ ref('attendance_records') }}
    ("id", "branchId", "studentId", "date", "status", "reason", "markedBy", "source")
select
    record."id" || '-' || again.n, record."branchId", record."studentId", record."date", 'absent', 'Fever',
    record."markedBy", 'manual'
from {{ ref('attendance_records') }} as record
cross join generate_series(1, 40) as again(n)
