-- The class teacher of a section teaches it in the running year. One row for each section where he does not.
select section."id"
from {{ ref('sections') }} as section
join {{ ref('academic_years') }} as year
    on year."branchId" = section."branchId"
    and year."isActive"
left join {{ ref('timetable_periods') }} as period
    on period."academicYearId" = year."id"
    and period."sectionId" = section."id"
    and period."teacherId" = section."homeroomTeacherId"
group by section."id"
having count(period."id") = 0
