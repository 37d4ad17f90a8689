-- A pupil has a status that the application does not know.
update {{ ref('students') }}
set "status" = 'expelled'
where "id" = (select min("id") from {{ ref('students') }})
