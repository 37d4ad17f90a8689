delete from {{ ref('rooms') }}
where "id" = (select min("roomId") from {{ ref('timetable_periods') }})
