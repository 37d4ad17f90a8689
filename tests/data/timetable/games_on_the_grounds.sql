-- Physical education from Class 1 on takes place on the grounds, and nothing else does.
-- One row for each lesson that does otherwise.
select
    period."id",
    subject."name",
    room."name" as room_name
from {{ ref('timetable_periods') }} as period
join {{ ref('subjects') }} as subject
    on subject."id" = period."subjectId"
join {{ ref('rooms') }} as room
    on room."id" = period."roomId"
where (room."type" = 'sports') <> (position('Physical Education' in subject."name") > 0)
