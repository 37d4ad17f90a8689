-- a clerk approves
update {{ ref('substitutions') }}
set "approvedBy" = (select min("id") from {{ ref('staff') }} where "designation" = 'Clerk')
where "status" = 'approved'
