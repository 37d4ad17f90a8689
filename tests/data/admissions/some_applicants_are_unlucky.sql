-- For ten who are admitted about four are rejected or wait. A row is the ratio, if it is further off than chance explains.
with counts as (
    select
        count(*) filter (where "status" = 'APPROVED') as approved,
        count(*) filter (where "status" in ('REJECTED', 'WAITLISTED')) as unlucky
    from {{ ref('applications') }}
)

select approved, unlucky
from counts
where unlucky < approved * (0.38 - 2 / sqrt((approved + 1)::double precision))
   or unlucky > approved * (0.50 + 2 / sqrt((approved + 1)::double precision))
