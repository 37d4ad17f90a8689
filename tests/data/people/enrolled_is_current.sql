-- Only the running year has enrolled pupils; theirs has no end, every other enrollment has one, within its academic
-- year. Nobody comes or goes after the as-of date.
-- A row: an enrollment that is not so.
select enrollment."id", enrollment."status", enrollment."startDate", enrollment."endDate"
from {{ ref('enrollments') }} as enrollment
join {{ ref('academic_years') }} as year
    on year."branchId" = enrollment."branchId"
    and year."isActive"
where (enrollment."status" = 'enrolled') <> (enrollment."endDate" is null)
   or (enrollment."status" = 'enrolled' and enrollment."startDate"::date < year."startDate"::date)
   or enrollment."startDate"::date > coalesce(enrollment."endDate"::date, {{ var('as_of') }})
   or coalesce(enrollment."endDate"::date, {{ var('as_of') }}) > {{ var('as_of') }}
   or enrollment."endDate"::date >= make_date(
       left(enrollment."startDate", 4)::int
           + case when substring(enrollment."startDate", 6, 2)::int < 4 then 0 else 1 end, 4, 1)
