-- A session repeats its lesson of the timetable: section, subject, teacher, weekday, hour, in the academic year of that
-- timetable. A row: a session that does not.
select session."id", session."date", period."id" as period
from {{ ref('attendance_sessions') }} as session
left join {{ ref('timetable_periods') }} as period
    on period."id" = session."periodId"
left join {{ ref('academic_years') }} as year
    on year."id" = period."academicYearId"
where period."id" is null
   or period."isBreak"
   or period."sectionId" <> session."sectionId"
   or period."subjectId" <> session."subjectId"
   or period."teacherId" <> session."assignedTeacherId"
   or period."dayOfWeek" <> extract(isodow from session."date")
   or session."date"::date not between year."startDate"::date and year."endDate"::date
   or session."startTime" + interval '330 minutes' <> session."date"::date + period."startTime"::time
   or session."endTime" + interval '330 minutes' <> session."date"::date + period."endTime"::time
