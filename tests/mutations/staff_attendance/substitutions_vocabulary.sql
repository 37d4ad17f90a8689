-- a rejected substitution has been approved by somebody
update {{ ref('substitutions') }}
set "approvedBy" = "id"
where "id" = (select min("id") from {{ ref('substitutions') }} where "status" = 'rejected')
