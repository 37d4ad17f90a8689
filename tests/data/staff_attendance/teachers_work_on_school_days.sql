-- No teacher is marked on a Sunday, a second Saturday, a holiday of the state, in a vacation, or after the as-of date.
-- A row: a branch's day of which that is not true.
with days as (
    select distinct "branchId" as branch, "date"::date as day
    from {{ ref('teacher_attendance') }}
)

select days.branch, days.day
from days
join {{ seed('branches') }} as branch
    on branch.id = days.branch
left join {{ seed('holidays') }} as holiday
    on holiday.state = branch.state
    and holiday.day = days.day
left join {{ seed('vacations') }} as vacation
    on vacation.zone = branch.zone
    and days.day between vacation.first_day and vacation.last_day
where holiday.day is not null
   or vacation.name is not null
   or extract(isodow from days.day) = 7
   or (extract(isodow from days.day) = 6 and extract(day from days.day) between 8 and 14)
   or days.day > {{ var('as_of') }}
