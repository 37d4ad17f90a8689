-- Only the running year has enrolled pupils; theirs has no end, every other enrollment has one.
select enrollment."id", enrollment."status", enrollment."startDate", enrollment."endDate"
from {{ ref('enrollments') }} as enrollment
join {{ ref('academic_years') }} as year
    on year."branchId" = enrollment."branchId"
    and year."isActive"
where (enrollment."status" = 'enrolled') <> (enrollment."endDate" is null)
   or (enrollment."status" = 'enrolled' and enrollment."startDate" < year."startDate")
   or enrollment."startDate" > enrollment."endDate"
   or enrollment."endDate" > '{{ var('as_of').isoformat() }}'
