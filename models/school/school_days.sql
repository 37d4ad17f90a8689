{{ config(materialized='intermediate', slice_by=['branch', 'year'], tags=['school', 'calendar'], rows='225') }}

-- One row per day on which a branch is open in an academic year, also after the as-of date.
-- Rows: Monday to Saturday without second Saturdays, the state's holidays and the branch's vacations: 210 to 235.
-- Fact: holidays, and vacations where the seed says published. Estimate: the other vacations; the second Saturday off
-- is only the commonest rule; by how many points fewer or more pupils come on a day.

with closed_days as (                -- the state's holidays and each day of the branch's vacations, of 91 days at most
    select day
    from {{ seed('holidays') }}
    where state = {{ branch.state }}
    union
    select vacation.first_day + ahead.days::int
    from {{ seed('vacations') }} as vacation
    cross join generate_series(0, 90) as ahead(days)
    where vacation.zone = {{ branch.zone }}
      and vacation.first_day + ahead.days::int <= vacation.last_day
),

calendar as (                        -- every day of the year
    select
        {{ year.starts_on }} + since.days::int                          as day,
        since.days::int                                                 as day_no,
        closed.day is not null                                          as is_closed
    from generate_series(0, {{ year.ends_on }} - {{ year.starts_on }}) as since(days)
    left join closed_days as closed
        on closed.day = {{ year.starts_on }} + since.days::int
),

described as (                       -- what decides whether a day is worked, and how full the classes are
    select
        day,
        day_no,
        is_closed,
        extract(isodow from day)::int                                   as weekday,
        extract(month from day)::int                                    as month,
        extract(day from day)::int                                      as day_of_month,
        coalesce(lag(is_closed) over (order by day), false)
            or coalesce(lead(is_closed) over (order by day), false)     as is_next_to_closed
    from calendar
)

select
    {{ branch.no }}                                                     as branch_no,
    {{ year.no }}                                                       as year_no,
    described.day_no,
    described.day,
    described.day::text                                                 as iso_day,
    described.weekday,
    described.month,
    described.day_no / 14                                               as fortnight,
    described.day_no % 14                                               as fortnight_day,
    -- pupils who stay away beyond the usual, in hundredths of a percent; more of those who sit a board examination
    (-100 * (
        by_month.points + by_weekday.points
        + case when described.is_next_to_closed then {{ var('festival_eve_points') }} else 0 end
    ))::int                                                             as extra_absence,
    (-100 * (
        by_month.points + by_weekday.points
        + case when described.is_next_to_closed then {{ var('festival_eve_points') }} else 0 end
        + case when described.month <= 2 then {{ var('pre_board_points') }} else 0 end
    ))::int                                                             as extra_absence_before_board
from described
join {{ seed('attendance_months') }} as by_month
    on by_month.zone = {{ branch.zone }}
    and by_month.month = described.month
join {{ seed('attendance_weekdays') }} as by_weekday   -- has no Sunday
    on by_weekday.weekday = described.weekday
where not described.is_closed
  and not (described.weekday = 6 and described.day_of_month between 8 and 14)      -- the second Saturday
