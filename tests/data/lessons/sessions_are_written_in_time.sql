-- A session is entered before its lesson begins and not after the as-of date; its register is closed when the lesson is
-- over, on the same day; all in the hours of an Indian school. A row: a session of which that is not true.
select "id", "createdAt", "updatedAt", "lockedAt"
from {{ ref('attendance_sessions') }}
where "createdAt" > "updatedAt"
   or "createdAt" > "startTime"
   or "createdAt"::date > {{ var('as_of') }}
   or "updatedAt"::date > {{ var('as_of') }}
   or "lockedAt" < "endTime"
   or "lockedAt" > "updatedAt"
   or ("lockedAt" is not null and "lockedAt"::date <> "date"::date)
   or extract(hour from "createdAt") * 60 + extract(minute from "createdAt") not between 150 and 630
   or extract(hour from "updatedAt") * 60 + extract(minute from "updatedAt") not between 150 and 630
