-- An application has a number of another kind.
update {{ ref('applications') }}
set "applicationNo" = replace("applicationNo", 'APP/', 'ADM/')
where "id" = (select min("id") from {{ ref('applications') }})
