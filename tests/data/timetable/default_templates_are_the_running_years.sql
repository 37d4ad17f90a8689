-- The default template is the one of the running year. One row for each template where it is not.
select template."id"
from {{ ref('timetable_templates') }} as template
join {{ ref('academic_years') }} as year
    on year."branchId" = template."branchId"
    and year."name" = template."academicYear"
where template."isDefault" <> year."isActive"
