-- Everybody sat in the same section a year ago.
-- Also fails: admission_numbers, admitted_before_the_first_day, ages_fit_grades, audit_tells_admissions_in_order
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
