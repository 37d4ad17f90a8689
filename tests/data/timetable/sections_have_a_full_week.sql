-- Every section has every lesson of its week exactly once in each year: five a day up to UKG, eight from Class 1 on.
-- One row for each section and year with another number of lessons or of different hours.
select
    year."id"                                                    as academic_year_id,
    section."id"                                                 as section_id,
    count(period."id")                                           as lessons,
    count(distinct period."dayOfWeek" * 16 + period."periodNumber") as hours
from {{ ref('academic_years') }} as year
join {{ ref('sections') }} as section
    on section."branchId" = year."branchId"
join {{ ref('classes') }} as class
    on class."id" = section."classId"
left join {{ ref('timetable_periods') }} as period
    on period."academicYearId" = year."id"
    and period."sectionId" = section."id"
    and not period."isBreak"
group by
    year."id",
    section."id",
    class."gradeLevel"
having count(period."id") <> case when class."gradeLevel" <= 2 then 30 else 48 end
    or count(distinct period."dayOfWeek" * 16 + period."periodNumber") <> count(period."id")
