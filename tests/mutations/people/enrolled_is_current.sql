-- An enrollment ends after the as-of date.
update {{ ref('enrollments') }}
set "endDate" = '2027-03-31'
where "id" = (select min("id") from {{ ref('enrollments') }})
