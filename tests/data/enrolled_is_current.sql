-- Only the running year has enrolled pupils; theirs has no end, every other enrollment has one.
select enrollment."id", enrollment."status", enrollment."startDate", enrollment."endDate"
from {{ ref('enrollments') }} as enrollment
join {{ ref('academic_years') }} as year
    on year."branchId" = enrollment."branchId"
    and year."isActive"
where (enrollment."status" = 'enrolled') <> (enrollment."endDate" is null)
   or (enrollment."status" = 'enrolled' and enrollment."startDate"::date < year."startDate"::date)
   or enrollment."startDate"::date > enrollment."endDate"::date
   or enrollment."endDate"::date > {{ var('as_of') }}
