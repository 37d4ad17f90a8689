-- No section has more pupils in a year than places.
select section."id", left(enrollment."startDate", 4) as year, section."capacity", count(*) as pupils
from {{ ref('enrollments') }} as enrollment
join {{ ref('sections') }} as section
    on section."id" = enrollment."sectionId"
group by section."id", left(enrollment."startDate", 4), section."capacity"
having count(*) > section."capacity"
