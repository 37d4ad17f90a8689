-- All teachers have left.
update {{ ref('staff') }}
set "status" = 'inactive'
where "id" in (select "staffId" from {{ ref('teachers') }})
