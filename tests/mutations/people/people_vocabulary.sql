-- A pupil has a status that the application does not know.
-- Also fails: status_follows_enrollment
update {{ ref('students') }}
set "status" = 'expelled'
where "id" = (select min("id") from {{ ref('students') }})
