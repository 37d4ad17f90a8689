-- A substitute has no lesson of his own in that hour, and stands in for one teacher only; the hours of a branch are the same
-- for all sections. A row: a substitution that meets a lesson of the substitute's own, or other substitutions of his.
with taken as (
    select
        substitution."id",
        substitution."substituteTeacherId" as substitute,
        substitution."date" as day,
        period."academicYearId" as year,
        period."dayOfWeek" as weekday,
        period."periodNumber" as hour
    from {{ ref('substitutions') }} as substitution
    join {{ ref('timetable_periods') }} as period
        on period."id" = substitution."periodId"
    where substitution."substituteTeacherId" is not null
)

select taken.substitute, taken.day, taken.hour, 1 as substitutions
from taken
join {{ ref('timetable_periods') }} as own
    on own."teacherId" = taken.substitute
    and own."academicYearId" = taken.year
    and own."dayOfWeek" = taken.weekday
    and own."periodNumber" = taken.hour
union all
select substitute, day, hour, count(*)
from taken
group by substitute, day, hour
having count(*) > 1
