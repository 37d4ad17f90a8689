-- a lesson is left out
delete from {{ ref('attendance_sessions') }}
where "id" = (select min("id") from {{ ref('attendance_sessions') }})
