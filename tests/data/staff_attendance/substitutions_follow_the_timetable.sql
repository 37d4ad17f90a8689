-- A substitution is for a lesson of that weekday, in the academic year of that timetable, and not for a break. A row: one
-- that is not.
select substitution."id", substitution."date", period."dayOfWeek", year."name"
from {{ ref('substitutions') }} as substitution
join {{ ref('timetable_periods') }} as period
    on period."id" = substitution."periodId"
join {{ ref('academic_years') }} as year
    on year."id" = period."academicYearId"
where extract(isodow from substitution."date") <> period."dayOfWeek"
   or substitution."date"::date not between year."startDate"::date and year."endDate"::date
   or period."isBreak"
   or period."teacherId" is null
