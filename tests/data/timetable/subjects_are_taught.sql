-- No subject of a branch is on the list only. One row for each that no section has in any year.
select subject."code"
from {{ ref('subjects') }} as subject
left join {{ ref('timetable_periods') }} as period
    on period."subjectId" = subject."id"
where period."id" is null
