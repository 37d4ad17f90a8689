-- One record a pupil and day, in words of the vocabulary, with a reason exactly where the pupil was not present on
-- time.
-- A row: a pupil and month with a day twice, a record with other words, or a text that is no day.
with days as materialized (
    select distinct "date" as day
    from {{ ref('attendance_records') }}
),

bits as materialized (               -- each day as a power of two: sum and union differ where one stands twice
    select
        day,
        left(day, 7) as month,
        case when day ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' then 1 << (right(day, 2)::int - 1) end as bit
    from days
),

months as (
    select
        record."studentId" as student,
        bits.month,
        sum(bits.bit) as days_added,
        bit_or(bits.bit) as days
    from {{ ref('attendance_records') }} as record
    join bits
        on bits.day = record."date"
    group by record."studentId", bits.month
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
