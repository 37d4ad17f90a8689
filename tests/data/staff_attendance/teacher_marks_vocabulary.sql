-- A teacher's mark is one of five; a type of leave stands with ON_LEAVE and with nothing else; who came has an arrival and
-- a later departure, who did not has neither. A row: a mark of which that is not true.
select "id", "status", "leaveType", "checkIn", "checkOut"
from {{ ref('teacher_attendance') }}
where "status" not in ('PRESENT', 'ABSENT', 'LATE', 'HALF_DAY', 'ON_LEAVE')
   or "status" is null
   or ("status" = 'ON_LEAVE') <> ("leaveType" is not null)
   or "leaveType" not in ('CASUAL', 'SICK', 'EARNED', 'UNPAID')
   or ("status" in ('PRESENT', 'LATE', 'HALF_DAY')) <> ("checkIn" is not null)
   or ("checkIn" is null) <> ("checkOut" is null)
   or not coalesce("checkIn" ~ '^[0-2][0-9]:[0-5][0-9]$', true)
   or not coalesce("checkOut" ~ '^[0-2][0-9]:[0-5][0-9]$', true)
   or "checkOut"::time <= "checkIn"::time
   or not "date" ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
