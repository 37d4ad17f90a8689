-- A session says when it begins, in UTC, and that is between eight and eleven in the morning in India.
-- A row is a session of which that is not so.
select "id", "schedule"
from {{ ref('exam_sessions') }}
where coalesce("schedule", '') not like '____-__-__T__:__:00.000Z'
   or substr("schedule", 12, 5) not between '02:30' and '05:30'
   or "subjectId" is null
   or "roomId" is null
