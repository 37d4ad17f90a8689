-- Everybody was enrolled a year ago too, in the branch's lowest grade.
-- Also fails: admission_numbers, admitted_before_the_first_day, ages_fit_grades, approved_become_newcomers,
--   audit_tells_admissions_in_order, promoted_or_accounted_for, repeaters_are_few, sections_within_capacity
insert into {{ ref('enrollments') }} ("id", "branchId", "studentId", "sectionId", "status", "startDate", "endDate")
select
    enrollment."id" || '-before',
    enrollment."branchId",
    enrollment."studentId",
    lowest."id",
    'completed',
    (left(enrollment."startDate", 4)::int - 1)::text || '-04-01',
    left(enrollment."startDate", 4) || '-03-31'
from {{ ref('enrollments') }} as enrollment
join {{ ref('sections') }} as lowest
    on lowest."branchId" = enrollment."branchId"
    and lowest."name" = 'A'
join {{ ref('classes') }} as class
    on class."id" = lowest."classId"
    and class."gradeLevel" = 0
where enrollment."status" = 'enrolled'
