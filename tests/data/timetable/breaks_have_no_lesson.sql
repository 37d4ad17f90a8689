-- A break has a name and nothing else; a lesson has a subject, a teacher and a room, and no name of a break.
-- One row for each period where it is otherwise.
select "id"
from {{ ref('timetable_periods') }}
where "isBreak" <> ("breakType" is not null)
   or "isBreak" <> ("subjectId" is null)
   or "isBreak" <> ("teacherId" is null)
   or "isBreak" <> ("roomId" is null)
