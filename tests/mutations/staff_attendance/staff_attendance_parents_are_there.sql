-- a substitute who does not exist
update {{ ref('substitutions') }}
set "substituteTeacherId" = 'nobody'
where "id" = (select min("id") from {{ ref('substitutions') }} where "status" = 'approved')
