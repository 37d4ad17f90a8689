-- The roll is called on every day on which a branch is open, from the first to the last day of the records, working
-- Saturdays included. A row: a branch that missed days, or called the roll on more.
with called as (
    select "branchId" as branch, "date" as day
    from {{ ref('attendance_records') }}
    group by "branchId", "date"
),

bounds as (
    select "branchId" as branch, min("date" collate "C") as first_day, max("date" collate "C") as last_day
    from {{ ref('attendance_records') }}
    group by "branchId"
),

calendar as (                        -- each day from 1 April before the first record to the last one
    select
        bounds.branch,
        make_date(left(bounds.first_day, 4)::int - 1, 4, 1) + since.days::int as day
    from bounds
    cross join generate_series(0, 2600) as since(days)
    where make_date(left(bounds.first_day, 4)::int - 1, 4, 1) + since.days::int
        between bounds.first_day::date and bounds.last_day::date
),

open_days as (
    select calendar.branch, calendar.day
    from calendar
    join {{ seed('branches') }} as branch
        on branch.id = calendar.branch
    left join {{ seed('holidays') }} as holiday
        on holiday.state = branch.state
        and holiday.day = calendar.day
    left join {{ seed('vacations') }} as vacation
        on vacation.zone = branch.zone
        and calendar.day between vacation.first_day and vacation.last_day
    where holiday.day is null
      and vacation.name is null
      and extract(isodow from calendar.day) <> 7
      and not (extract(isodow from calendar.day) = 6 and extract(day from calendar.day) between 8 and 14)
)

select
    coalesce(open_days.branch, called.branch) as branch,
    coalesce(open_days.day, called.day::date) as day
from open_days
full join called
    on called.branch = open_days.branch
    and called.day::date = open_days.day
where open_days.day is null
   or called.day is null
