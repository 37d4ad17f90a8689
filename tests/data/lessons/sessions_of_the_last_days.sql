-- Sessions are kept for the branch's last var('period_days') school days up to the as-of date, or as many as its register
-- has. A row: a branch's day of the register that should have sessions and has none, or has some and should not.
with days as (
    select "branchId" as branch, "date"::date as day
    from {{ ref('teacher_attendance') }}
    group by "branchId", "date"
),

ranked as (
    select branch, day, row_number() over (partition by branch order by day desc) as distance
    from days
),

held as (
    select distinct "branchId" as branch, "date"::date as day
    from {{ ref('attendance_sessions') }}
    where "status" <> 'scheduled'
)

select coalesce(ranked.branch, held.branch) as branch, coalesce(ranked.day, held.day) as day, ranked.distance
from ranked
full join held
    on held.branch = ranked.branch
    and held.day = ranked.day
where ranked.day is null
   or (held.day is not null) <> (ranked.distance <= {{ var('period_days') }})
