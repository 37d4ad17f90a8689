-- Timetables and what they are made from are entered before the year begins, and changed only afterwards; nothing is of
-- the future. One row for each that is not.
select period."id"
from {{ ref('timetable_periods') }} as period
join {{ ref('academic_years') }} as year
    on year."id" = period."academicYearId"
where period."createdAt"::date >= year."startDate"::date
   or period."updatedAt" < period."createdAt"
   or period."updatedAt"::date > {{ var('as_of') }}
union all
select "id"
from {{ ref('rooms') }}
where "updatedAt" < "createdAt"
   or "updatedAt"::date > {{ var('as_of') }}
union all
select "id"
from {{ ref('time_slots') }}
where "updatedAt" < "createdAt"
   or "updatedAt"::date > {{ var('as_of') }}
union all
select "id"
from {{ ref('timetable_templates') }}
where "updatedAt" < "createdAt"
   or "updatedAt"::date > {{ var('as_of') }}
