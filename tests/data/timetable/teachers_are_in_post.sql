-- Nobody teaches before he is hired, nor after he has left. One row for each lesson by such a teacher.
select
    period."id",
    staff."joinDate",
    staff."status",
    year."name"
from {{ ref('timetable_periods') }} as period
join {{ ref('academic_years') }} as year
    on year."id" = period."academicYearId"
join {{ ref('teachers') }} as teacher
    on teacher."id" = period."teacherId"
join {{ ref('staff') }} as staff
    on staff."id" = teacher."staffId"
where staff."joinDate"::date > year."startDate"::date
   or (staff."status" = 'inactive' and year."isActive")
