-- The substitute of a teacher's day took one of the lessons that he missed, and where somebody took one there is a
-- substitute. A row: a day of which that is not true.
with taken as (
    select
        period."teacherId" as teacher,
        substitution."date" as day,
        substitution."substituteTeacherId" as substitute
    from {{ ref('substitutions') }} as substitution
    join {{ ref('timetable_periods') }} as period
        on period."id" = substitution."periodId"
    where substitution."substituteTeacherId" is not null
),

days as (
    select distinct teacher, day
    from taken
),

pairs as (
    select distinct teacher, day, substitute
    from taken
)

select summary."id", summary."substituteId", summary."date"
from {{ ref('teacher_daily_attendance') }} as summary
left join days
    on days.teacher = summary."teacherId"
    and days.day = summary."date"
left join pairs
    on pairs.teacher = summary."teacherId"
    and pairs.day = summary."date"
    and pairs.substitute = summary."substituteId"
where (days.teacher is not null and summary."substituteId" is null)
   or (summary."substituteId" is not null and pairs.teacher is null)
   or summary."substituteId" = summary."teacherId"
