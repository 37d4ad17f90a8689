-- A class loses its fee schedule.
delete from {{ ref('fee_schedules') }}
where "id" = (select min("id") from {{ ref('fee_schedules') }})
