-- A year is entered by night.
update {{ ref('academic_years') }}
set "createdAt" = "createdAt" - interval '10 hours'
where "id" = (select min("id") from {{ ref('academic_years') }})
