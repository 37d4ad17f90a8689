-- Everybody sat in the same section a year ago.
insert into {{ ref('enrollments') }} ("id", "branchId", "studentId", "sectionId", "status", "startDate", "endDate")
select
    "id" || '-before',
    "branchId",
    "studentId",
    "sectionId",
    'completed',
    (left("startDate", 4)::int - 1)::text || '-04-01',
    left("startDate", 4) || '-03-31'
from {{ ref('enrollments') }}
where "status" = 'enrolled'
