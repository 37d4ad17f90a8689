-- a teacher who was marked is hired next year only
update {{ ref('staff') }}
set "joinDate" = '2099-04-01'
where "id" = (select min("staffId") from {{ ref('teachers') }})
