{{ config(materialized='intermediate', slice_by=['branch'], tags=['people'],
          rows=per_seat(1.3)) }}

-- One row per pupil who attends in one of the years shown: his years and grades, when and why he left, his family.
-- A pupil's number n is that of his stay. A family's number is that of its eldest child, who is child_no 0; it is a
-- number of this seat also where the eldest has left before the years shown, and is in no table.
--
-- Rows: those of stays, without who has not come yet on the as-of date.
-- Estimate: everything that is drawn here, see the vars; the share of girls is published.

with reached as (                    -- the years and the last grade: one behind the cohort's for who repeats
    select
        n,
        cohort,
        letter,
        seat,
        arrival,
        repeated_step,
        leaves,
        cohort + arrival                                                                as first_year,
        cohort + last_step                                                              as last_year,
        {{ branch.first_level }} + last_step
            - case when repeated_step < last_step then 1 else 0 end                     as last_level,
        coalesce(repeated_step = last_step, false)                                      as is_detained,
        leaves and {{ chance('leaves in the session', 'n', var('midyear_leave_share')) }} as leaves_midyear
    from {{ ref('stays') }}
    where branch_no = {{ branch.no }}
),

dated as (                           -- the days on which he comes and goes; null for going where he is to stay
    select
        n,
        cohort,
        letter,
        seat,
        arrival,
        repeated_step,
        first_year,
        last_year,
        last_level,
        last_level = {{ branch.last_level }} and not leaves_midyear                     as completes,
        case                         -- late comers come by the 80th day of the year, in June
            when arrival > 0 and {{ chance('comes late', 'n', var('late_joiner_share')) }}
                then {{ not_sunday(year_begins('first_year')
                                   ~ ' + ' ~ random_int('days late', 'n', 5, 80) ~ '::int') }}
            else {{ year_begins('first_year') }}
        end                                                                             as joined_on,
        case                         -- in the session means from July to February
            when leaves_midyear
                then {{ not_sunday(year_begins('last_year')
                                   ~ ' + ' ~ random_int('day of leaving', 'n', 92, 330) ~ '::int') }}
            when leaves or (last_level = {{ branch.last_level }} and not is_detained)
                then {{ year_ends('last_year') }}
        end                                                                             as goes_on
    from reached
),

eldest as (                          -- for each pupil, the eldest of those six cohorts of his seat (years 6k to 6k + 5)
                                     -- that may be brothers and sisters: macro second_child_cohort
    select
        n,
        cohort % 6                                                                      as years_younger,
        {{ pupil_n('cohort - cohort % 6', 'letter', 'seat', '0') }}                     as eldest_n
    from {{ ref('stays') }}
    where branch_no = {{ branch.no }}
      and arrival = 0                -- who comes later has no brother or sister here
),

younger as (                         -- the second and third children of the families that have them; a third one is
                                     -- five years younger than the first
    select
        n,
        eldest_n,
        case when years_younger = 5 then 2 else 1 end                                   as child_no
    from eldest
    where years_younger = {{ second_child_cohort('eldest_n') }}
       or (years_younger = 5 and {{ chance('third child', 'eldest_n', var('third_child_share')) }})
)

select
    {{ branch.no }}                                                                     as branch_no,
    dated.n,
    coalesce(younger.eldest_n, dated.n)                                                 as family_n,
    coalesce(younger.child_no, 0)                                                       as child_no,
    dated.cohort,
    dated.letter,
    dated.seat,
    dated.arrival,
    dated.repeated_step,
    dated.first_year,
    dated.last_year,
    {{ branch.first_level }} + dated.arrival                                            as first_level,
    dated.last_level,
    dated.joined_on,
    case when dated.goes_on < {{ var('as_of') }} then dated.goes_on end                 as left_on,
    case                             -- on his last day a pupil is still here
        when dated.goes_on is null or dated.goes_on >= {{ var('as_of') }} then null
        when dated.completes then 'graduated'
        when {{ chance('drops out', 'dated.n', 'flow.dropout_pct * 0.01') }} then 'dropped out'
        else 'transferred'
    end                                                                                 as left_as,
    case when {{ chance('is a girl', 'dated.n', var('girls_share')) }} then 'female' else 'male' end as gender
from dated
left join younger
    on younger.n = dated.n
join {{ seed('pupil_flow') }} as flow
    on flow.level = dated.last_level
where dated.joined_on <= {{ var('as_of') }}
