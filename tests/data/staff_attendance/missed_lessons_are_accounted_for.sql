-- Every lesson that a teacher missed has a row in the list of substitutions. A row: a lesson without.
select mark."teacherId", mark."date", period."id" as period
from {{ ref('teacher_attendance') }} as mark
join {{ ref('academic_years') }} as year
    on year."branchId" = mark."branchId"
    and mark."date"::date between year."startDate"::date and year."endDate"::date
join {{ ref('timetable_periods') }} as period
    on period."academicYearId" = year."id"
    and period."teacherId" = mark."teacherId"
    and period."dayOfWeek" = extract(isodow from mark."date"::date)::int
left join {{ ref('substitutions') }} as substitution
    on substitution."periodId" = period."id"
    and substitution."date" = mark."date"::timestamp
where mark."status" in ('ABSENT', 'ON_LEAVE', 'HALF_DAY')
  and substitution."id" is null
  and (
      mark."checkIn" is null
      or mark."checkIn"::time > period."startTime"::time
      or mark."checkOut"::time < period."endTime"::time
  )
