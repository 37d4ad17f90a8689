-- An examination is scheduled until its first day, ongoing to its last, and has been completed after that.
-- A row is an examination whose status does not fit its dates.
select "id", "status", "startDate", "endDate"
from {{ ref('exams') }}
where "startDate"::date > "endDate"::date
   or case
       when "startDate"::date > {{ var('as_of') }} then "status" not in ('SCHEDULED', 'CANCELLED')
       when "endDate"::date >= {{ var('as_of') }} then "status" not in ('ONGOING', 'CANCELLED')
       else "status" not in ('COMPLETED', 'CANCELLED', 'RESULTS_PENDING', 'RESULTS_PUBLISHED')
   end
