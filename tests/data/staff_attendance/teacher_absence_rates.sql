-- Of the days of teachers in active service 93 to 97 per cent are attended, 1.5 to 3.5 per cent late, and a half day is
-- rare; the bounds are wider where there are few days: a leave takes several days at once. A row: a share out of bounds.
with counts as (
    select
        count(*) as days,
        count(*) filter (where mark."status" in ('ABSENT', 'ON_LEAVE')) as away,
        count(*) filter (where mark."status" = 'LATE') as late,
        count(*) filter (where mark."status" = 'HALF_DAY') as half
    from {{ ref('teacher_attendance') }} as mark
    join {{ ref('teachers') }} as teacher
        on teacher."id" = mark."teacherId"
    join {{ ref('staff') }} as member
        on member."id" = teacher."staffId"
    where member."status" <> 'on_leave'
    having count(*) > 0
),

shares as (
    select 'away' as share, away::double precision / days as found, 0.03 as low, 0.07 as high, sqrt(8.0 / days) as slack
    from counts
    union all
    select 'late', late::double precision / days, 0.015, 0.035, sqrt(1.0 / days)
    from counts
    union all
    select 'half', half::double precision / days, 0.004, 0.016, sqrt(1.0 / days)
    from counts
)

select share, found
from shares
where found < low - slack
   or found > high + slack
