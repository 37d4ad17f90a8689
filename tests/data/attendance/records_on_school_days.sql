-- No roll is called on a Sunday, a second Saturday, a holiday of the state, in a vacation, or after the as-of date.
-- A row: a branch and day on which there are records all the same.
with days as (
    select "branchId" as branch, "date"::date as day, count(*) as records
    from {{ ref('attendance_records') }}
    group by "branchId", "date"
)

select days.branch, days.day, days.records
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
