{{ config(materialized='intermediate', slice_by=['branch', 'year'], tags=['people', 'history'],
          rows=per_seat(0.97)) }}

-- One row per pupil and academic year in which he attended: his section, from when to when, and how the year ended.
-- Rows: every pupil whose time in the branch covers the year. Next year's rows are this year's promoted and repeating
-- pupils and the newcomers, and no others.

with attending as (                  -- the pupils of the year, and their grade: one behind the cohort's after repeating
    select
        n,
        letter,
        {{ branch.first_level }} + ({{ year.no }} - cohort)
            - case when {{ year.no }} - cohort > repeated_step then 1 else 0 end        as level,
        {{ year.no }} = last_year                                                       as is_last,
        coalesce({{ year.no }} - cohort = repeated_step, false)                         as is_detained,
        joined_on,
        left_on,
        left_as
    from {{ ref('pupils') }}
    where branch_no = {{ branch.no }}
      and {{ year.no }} between first_year and last_year
)

select
    {{ branch.no }}                                                                     as branch_no,
    {{ year.no }}                                                                       as year_no,
    n,
    level,
    letter,
    greatest(joined_on, {{ year.starts_on }})                                           as first_day,
    case when is_last then left_on else {{ year.ends_on }} end                          as last_day,
    case
        when is_last and left_on is null then 'enrolled'
        when is_last then left_as
        when is_detained then 'repeating'
        else 'promoted'
    end                                                                                 as outcome
from attending
