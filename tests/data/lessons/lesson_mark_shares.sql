-- Of the marks of pupils who are at school some 1 to 2 per cent are of rehearsals, sports, the sick room or a suspension,
-- and suspensions are the fewest; the bounds are wider where there are few marks. A row: a share out of bounds.
with counts as (
    select
        count(*) as marks,
        count(*) filter (where "status" = 'activity') as activity,
        count(*) filter (where "status" = 'suspended') as suspended
    from {{ ref('student_period_attendance') }}
    where "status" in ('present', 'activity', 'suspended')
    having count(*) > 0
)

select marks, activity, suspended
from counts
where activity::double precision / marks > 0.02 + sqrt(2.0 / marks)
   or activity::double precision / marks < 0.002 - sqrt(2.0 / marks)
   or suspended::double precision / marks > 0.002 + sqrt(2.0 / marks)
