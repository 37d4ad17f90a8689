-- A branch forgets which year it is in.
update {{ ref('academic_years') }}
set "isActive" = false
where "id" = (select min("id") from {{ ref('academic_years') }})
