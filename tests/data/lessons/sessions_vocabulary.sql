-- A session is completed or cancelled up to the as-of date, and scheduled on or after it. Completed ones, and no others,
-- have who taught them and when the register was closed. A row: a session of which that is not true.
select "id", "date", "status", "actualTeacherId", "lockedAt"
from {{ ref('attendance_sessions') }}
where "status" not in ('scheduled', 'completed', 'cancelled')
   or ("status" = 'scheduled' and "date"::date < {{ var('as_of') }})
   or ("status" <> 'scheduled' and "date"::date > {{ var('as_of') }})
   or ("status" = 'completed') <> ("actualTeacherId" is not null)
   or ("status" = 'completed') <> ("lockedAt" is not null)
   or "date" <> "date"::date::timestamp
   or "startTime" is null
   or "endTime" is null
