delete from {{ ref('timetable_periods') }}
where "subjectId" = (select min("subjectId") from {{ ref('timetable_periods') }})
