-- Absence is a habit of some, not a coin tossed for all: 4 to 20 per cent of the pupils miss more than a fifth of a year.
with pupils as (
    select
        "studentId" as student,
        count(*) as days,
        count(*) filter (where "status" in ('absent', 'excused')) as missed
    from {{ ref('attendance_records') }}
    group by "studentId"
    having count(*) >= 150
)

select count(*) as pupils, count(*) filter (where missed * 5 > days) as chronic
from pupils
having count(*) filter (where missed * 5 > days) * 100 not between count(*) * 4 and count(*) * 20
