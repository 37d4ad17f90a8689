-- From Class 1 on every section has English in every year, and up to Class 10 Mathematics.
-- One row for each section and year without.
select
    period."academicYearId",
    period."sectionId",
    class."name"
from {{ ref('timetable_periods') }} as period
join {{ ref('sections') }} as section
    on section."id" = period."sectionId"
join {{ ref('classes') }} as class
    on class."id" = section."classId"
left join {{ ref('subjects') }} as subject
    on subject."id" = period."subjectId"
where class."gradeLevel" >= 3
group by
    period."academicYearId",
    period."sectionId",
    class."name",
    class."gradeLevel"
having count(case when position('English' in subject."name") > 0 then 1 end) = 0
    or (class."gradeLevel" <= 12 and count(case when position('Mathematics' in subject."name") > 0 then 1 end) = 0)
