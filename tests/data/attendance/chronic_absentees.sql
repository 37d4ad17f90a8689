-- Absence is a habit of some, not a coin tossed for all: of the pupils with 150 days or more, 4 to 20 per cent miss
-- over a fifth of them, with four standard deviations for few pupils.
-- A row: the numbers, if not so.
with pupils as (
    select
        "studentId" as student,
        count(*) as days,
        count(*) filter (where "status" in ('absent', 'excused')) as missed
    from {{ ref('attendance_records') }}
    group by "studentId"
    having count(*) >= 150
),

totals as (
    select count(*) as pupils, count(*) filter (where missed * 5 > days) as chronic
    from pupils
)

select pupils, chronic
from totals
where chronic < 0.04 * pupils - 4 * sqrt(0.0384 * pupils::double precision)
   or chronic > 0.2 * pupils + 4 * sqrt(0.16 * pupils::double precision)
