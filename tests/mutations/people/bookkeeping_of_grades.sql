-- Everybody was enrolled a year ago too, in the branch's lowest grade.
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
