-- One record a pupil and day, in words of the vocabulary, with a reason exactly where the pupil was not present on
-- time.
-- A row: a pupil and month with a day twice, a record with other words, or a text that is no day.
with months as (                     -- each day as a power of two: sum and union differ where one stands twice
    select
        "studentId" as student,
        left("date", 7) as month,
        sum(1::bigint << right("date", 2)::int) as days_added,
        bit_or(1::bigint << right("date", 2)::int) as days
    from {{ ref('attendance_records') }}
    where "date" like '____-__-__'
    group by "studentId", left("date", 7)
),

days as materialized (
    select distinct "date" as day
    from {{ ref('attendance_records') }}
)

select student, month as day
from months
where days_added <> days
union all
select "studentId", "date"
from {{ ref('attendance_records') }}
where coalesce("status", '') not in ('present', 'absent', 'late', 'excused')
   or ("status" = 'present') <> ("reason" is null)
   or coalesce("source", '') not in ('manual', 'biometric', 'rfid', 'mobile_app', 'web_portal', 'import')
union all
select null, day
from days
where day is null
   or not day ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
