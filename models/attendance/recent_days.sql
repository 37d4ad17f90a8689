{{ config(materialized='intermediate', slice_by=['branch'], tags=['attendance', 'calendar'], rows='var("period_days") + 1') }}

-- One row per school day for which attendance is kept lesson by lesson: the last var('period_days') up to the as-of
-- date, and the next one after it, for which the lessons are planned.
-- Rows: as many, fewer where daily attendance or the years shown go back less. They may lie in two academic years.

with days as (                       -- the days on which daily attendance is kept, and those to come
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

ranked as (                          -- counted from the as-of date, backwards and forwards
    select
        year_no,
        day_no,
        day,
        is_planned,
        day_before,
        row_number() over (
            partition by is_planned
            order by case when is_planned then day - {{ var('as_of') }} else {{ var('as_of') }} - day end
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
    least(coalesce(day_before, day), {{ var('as_of') }})                                as planned_on
from ranked
where distance <= case when is_planned then 1 else {{ var('period_days') }} end
