-- On each day with sessions every lesson of the branch's timetable has one. A row: a lesson and day without.
with days as (
    select distinct session."branchId" as branch, session."date" as day, period."academicYearId" as year
    from {{ ref('attendance_sessions') }} as session
    join {{ ref('timetable_periods') }} as period
        on period."id" = session."periodId"
)

select days.branch, days.day, period."id" as period
from days
join {{ ref('timetable_periods') }} as period
    on period."academicYearId" = days.year
    and period."dayOfWeek" = extract(isodow from days.day)::int
left join {{ ref('attendance_sessions') }} as session
    on session."periodId" = period."id"
    and session."date" = days.day
where not period."isBreak"
  and session."id" is null
