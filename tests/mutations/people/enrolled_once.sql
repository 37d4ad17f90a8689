-- A pupil is enrolled a second time while the first enrollment runs.
-- Also fails: bookkeeping_of_grades, records_of_enrolled_pupils
insert into {{ ref('enrollments') }} ("id", "branchId", "studentId", "sectionId", "status", "startDate", "endDate")
select "id" || '-2', "branchId", "studentId", "sectionId", "status", "startDate", "endDate"
from {{ ref('enrollments') }}
where "id" = (select min("id") from {{ ref('enrollments') }})
