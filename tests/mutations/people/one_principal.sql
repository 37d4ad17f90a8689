-- The clerks call themselves principals.
update {{ ref('staff') }}
set "designation" = 'Principal'
where "designation" = 'Clerk'
