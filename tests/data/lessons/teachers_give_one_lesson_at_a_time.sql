-- Nobody teaches two lessons in one hour of a day. A row: a teacher and hour with two.
select "actualTeacherId", "date", "startTime", count(*) as lessons
from {{ ref('attendance_sessions') }}
where "actualTeacherId" is not null
group by "actualTeacherId", "date", "startTime"
having count(*) > 1
