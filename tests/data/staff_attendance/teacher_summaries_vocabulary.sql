-- A day's summary has a status of the vocabulary, a type of leave with ON_LEAVE and with nothing else, arrival, departure
-- and hours for who came, and none of them for who did not; the hours are what lies between. A row: one that is not so.
select "id", "status", "leaveType", "checkIn", "checkOut", "totalHours"
from {{ ref('teacher_daily_attendance') }}
where "status" not in ('PRESENT', 'ABSENT', 'LATE', 'HALF_DAY', 'ON_LEAVE')
   or ("status" = 'ON_LEAVE') <> ("leaveType" is not null)
   or "leaveType" not in ('CASUAL', 'SICK', 'EARNED', 'UNPAID')
   or ("status" in ('PRESENT', 'LATE', 'HALF_DAY')) <> ("checkIn" is not null)
   or ("checkIn" is null) <> ("checkOut" is null)
   or ("checkIn" is null) <> ("totalHours" is null)
   or abs(extract(epoch from ("checkOut" - "checkIn"))::double precision - "totalHours" * 3600) > 20
   or "date" <> "date"::date::timestamp
