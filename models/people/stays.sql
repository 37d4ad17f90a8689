{{ config(materialized='intermediate', slice_by=['branch'], tags=['people'],
          rows=per_seat(1.3),
          lint={'total-order': 'seat_n is packed from cohort, letter and seat (macro pupil_n): a seat has each step once'}) }}

-- One row per stay: a pupil in his seat, from the year in which he comes to the last one up to now.
--
-- A branch is made of seats. Every April a new cohort enters the lowest grade, a section of it for each letter, and
-- moves up a grade a year. Who leaves a seat may be followed by a newcomer the next April; who is detained sits in the
-- same grade once more, and nobody comes after him. Each of these is drawn for one seat and one year alone, so that
-- more branches, letters or years add stays and change none.
--
-- Rows: those that reach into the years shown. var('spare_seats') places of a section have no seat, one for each grade
-- that detains, so that those who repeat never overfill it. Estimate: all rates, see the seed pupil_flow and the vars.

with section_years as (              -- each year of each cohort's sections up to now, and the seat they detain, if any
    select
        cohort.year                                                                     as cohort,
        letter.no                                                                       as letter,
        step.no                                                                         as step,
        flow.leave_pct,
        flow.replaced_pct,
        case
            when step.no <= {{ branch.last_level }} - {{ branch.first_level }}
                and {{ chance('detains', pupil_n('cohort.year', 'letter.no', '0', 'step.no'),
                              'flow.detained_pct * 0.01') }}
                then {{ random_int('detained seat', pupil_n('cohort.year', 'letter.no', '0', 'step.no'),
                                   0, seats() ~ ' - 1') }}
        end                                                                             as detained_seat
    from generate_series(
        {{ first_year() }} - ({{ branch.last_level }} - {{ branch.first_level }} + 1),
        {{ current_year() }}
    ) as cohort(year)
    cross join generate_series(0, {{ sections_per_grade() }} - 1) as letter(no)
    -- step 0 is in the lowest grade; the last one is only for those who repeat
    cross join generate_series(0, {{ branch.last_level }} - {{ branch.first_level }} + 1) as step(no)
    join {{ seed('pupil_flow') }} as flow
        on flow.level = least({{ branch.first_level }} + step.no, {{ branch.last_level }})
    where cohort.year + step.no <= {{ current_year() }}
),

seat_years as (                      -- each year of each seat that is taken when its cohort begins
    select
        {{ pupil_n('cohort', 'letter', 'seat.no', '0') }}                               as seat_n,
        cohort,
        letter,
        seat.no                                                                         as seat,
        step,
        {{ chance('leaves', pupil_n('cohort', 'letter', 'seat.no', 'step'), 'leave_pct * 0.01') }} as leaves,
        {{ chance('is replaced', pupil_n('cohort', 'letter', 'seat.no', 'step'),
                  'replaced_pct * 0.01') }}                                             as is_replaced,
        coalesce(seat.no = detained_seat, false)                                        as is_detained
    from section_years
    cross join generate_series(0, {{ seats() }} - 1) as seat(no)
    where {{ chance('is taken', pupil_n('cohort', 'letter', 'seat.no', '0'), var('intake_share')) }}
),

turns as (                           -- which year the seat's pupil repeats; whether the seat is free, and wanted again
    select
        seat_n,
        cohort,
        letter,
        seat,
        step,
        leaves,
        min(case when is_detained and not leaves then step end) over (partition by seat_n) as repeated_step,
        coalesce(lag(leaves) over (partition by seat_n order by step), step = 0)        as is_vacant,
        coalesce(lag(is_replaced) over (partition by seat_n order by step), true)       as is_wanted
    from seat_years
),

occupied as (                        -- who sits there, known by the step at which he came, and when it is given up
    select
        seat_n,
        cohort,
        letter,
        seat,
        step,
        leaves,
        repeated_step,
        max(case when is_vacant then step end) over (partition by seat_n order by step) as arrival,
        bool_or(is_vacant and (not is_wanted or coalesce(step > repeated_step, false)))
            over (partition by seat_n order by step)                                    as is_given_up
    from turns
)

select
    {{ branch.no }}                                                                     as branch_no,
    seat_n + arrival                                                                    as n,
    cohort,
    letter,
    seat,
    arrival,
    max(step)                                                                           as last_step,
    case when repeated_step <= max(step) then repeated_step end                         as repeated_step,
    bool_or(leaves)                                                                     as leaves
from occupied
where not is_given_up
  and (step <= {{ branch.last_level }} - {{ branch.first_level }} or repeated_step is not null)
group by
    seat_n,
    cohort,
    letter,
    seat,
    arrival,
    repeated_step
having cohort + max(step) >= {{ first_year() }}
