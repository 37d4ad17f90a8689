-- Sessions are planned for at most two days after the as-of date, on which the branch has school. A row: a branch with more
-- days, or a planned session on a day off.
with days as (
    select distinct "branchId" as branch, "date"::date as day
    from {{ ref('attendance_sessions') }}
    where "status" = 'scheduled'
)

select branch, count(*) as days, max(day) as day
from days
group by branch
having count(*) > 2
union all
select days.branch, 1, days.day
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
