{{ config(materialized='intermediate', slice_by=['branch'], tags=['attendance', 'calendar'],
          rows='var("period_days") + 1',
          lint={'total-order': 'a branch has each day once: its academic years do not overlap'}) }}

-- One row per school day for which attendance is kept lesson by lesson: the last var('period_days') up to the as-of
-- date, and the next one after it, for which the lessons are planned.
-- Rows: as many, fewer where daily attendance or the years shown go back less. They may lie in two academic years.
-- Nothing is drawn here: the days are those of school_days.

with days as (                       -- all school days, past and to come
    select
        year_no,
        day_no,
        day,
        day > {{ var('as_of') }}                                                        as is_planned,
        -- the school day before, of the same year, on which the lessons of this one are planned
        lag(day) over (partition by year_no order by day)                               as day_before
    from {{ ref('school_days') }}
    where branch_no = {{ branch.no }}
),

ranked as (                          -- those with daily attendance, counted from the as-of date backwards and forwards
    select
        year_no,
        day_no,
        day,
        is_planned,
        day_before,
        row_number() over (
            partition by is_planned
            order by abs(day - {{ var('as_of') }})
        )                                                                               as distance
    from days
    where day >= {{ attendance_begins() }}
)

select
    {{ branch.no }}                                                                     as branch_no,
    year_no,
    day_no,
    day,
    extract(isodow from day)::int                                                       as weekday,
    is_planned,
    -- the year's first day is planned on the day itself, and nothing is planned after the as-of date
    least(coalesce(day_before, day), {{ var('as_of') }})                                as planned_on
from ranked
where distance <= case when is_planned then 1 else {{ var('period_days') }} end
