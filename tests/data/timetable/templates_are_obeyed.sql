-- Every class has one template for every academic year, and its sections have as many lessons a day as it says.
-- One row for each class and year without, and for each that a section does not obey.
with days as (
    select
        section."classId"       as class_id,
        year."name"             as academic_year,
        count(*)                as lessons,
        count(distinct period."sectionId") as sections
    from {{ ref('timetable_periods') }} as period
    join {{ ref('academic_years') }} as year
        on year."id" = period."academicYearId"
    join {{ ref('sections') }} as section
        on section."id" = period."sectionId"
    where not period."isBreak"
    group by
        section."classId",
        year."name",
        period."dayOfWeek"
)

select
    class."id",
    days.academic_year,
    template."id" as template_id
from days
join {{ ref('classes') }} as class
    on class."id" = days.class_id
left join {{ ref('timetable_templates') }} as template
    on template."branchId" = class."branchId"
    and template."gradeLevel" = class."gradeLevel"
    and template."academicYear" = days.academic_year
where template."id" is null
   or position('"lessonsPerDay": ' || days.lessons / days.sections || ',' in template."config") = 0
