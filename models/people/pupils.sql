{{ config(materialized='intermediate', slice_by=['branch'], tags=['people'],
          rows='1.3 * (branch.last_level - branch.first_level + 1) * branch.sections_per_grade * (branch.section_size - 4)') }}

-- One row per pupil who attends in one of the years shown: his seat, when he came, when and why he left.
--
-- A branch is made of seats. Every April a new cohort enters the lowest grade, a section of it for each letter, and
-- moves up a grade a year. Who leaves a seat may be followed by a newcomer the next April; who is detained sits in the
-- same grade once more, and nobody comes after him. Each of these is drawn for one seat and one year alone, so that
-- more branches, letters or years add pupils and change none.
--
-- Rows: as the seats give them. var('spare_seats') places of a section stay free, one for each grade that detains, so
-- that those who repeat never overfill it. All rates are estimates: see the seed pupil_flow and the vars.

with seats as (                      -- the seats of every cohort that a year shown can meet
    select
        cohort.year                                                                     as cohort,
        letter.no                                                                       as letter,
        seat.no                                                                         as seat,
        {{ pupil_n('cohort.year', 'letter.no', 'seat.no', '0') }}                       as seat_n
    from generate_series(
        {{ first_year() }} - ({{ branch.last_level }} - {{ branch.first_level }} + 1),
        {{ current_year() }}
    ) as cohort(year)
    cross join generate_series(0, {{ branch.sections_per_grade }} - 1) as letter(no)
    cross join generate_series(0, {{ branch.section_size }} - {{ var('spare_seats') }} - 1) as seat(no)
),

seat_years as (                      -- each year of a seat; step 0 is in the lowest grade, the last is for who repeats
    select
        seats.seat_n,
        seats.cohort,
        seats.letter,
        seats.seat,
        step.no                                                                         as step,
        {{ chance('leaves', 'seats.seat_n + step.no', 'flow.leave_pct / 100.0') }}         as leaves,
        {{ chance('is replaced', 'seats.seat_n + step.no', 'flow.replaced_pct / 100.0') }} as is_replaced,
        step.no <= {{ branch.last_level }} - {{ branch.first_level }}
            and {{ chance('detains', pupil_n('seats.cohort', 'seats.letter', '0', 'step.no'),
                          'flow.detained_pct / 100.0') }}
            and seats.seat = {{ random_int('detained seat', pupil_n('seats.cohort', 'seats.letter', '0', 'step.no'),
                                           0, '(' ~ branch.section_size ~ ' - ' ~ var('spare_seats') ~ ' - 1)') }}
                                                                                        as is_drawn
    from seats
    cross join generate_series(0, {{ branch.last_level }} - {{ branch.first_level }} + 1) as step(no)
    join {{ seed('pupil_flow') }} as flow
        on flow.level = least({{ branch.first_level }} + step.no, {{ branch.last_level }})
    where {{ chance('is taken', 'seats.seat_n', var('intake_share')) }}
      and seats.cohort + step.no <= {{ current_year() }}
),

turns as (                           -- which year the seat's pupil repeats, and what the year before did to the seat
    select
        seat_n,
        cohort,
        letter,
        seat,
        step,
        leaves,
        min(case when is_drawn and not leaves then step end) over (partition by seat_n)     as repeated_step,
        coalesce(lag(leaves) over (partition by seat_n order by step), step = 0)            as is_vacant,
        coalesce(lag(is_replaced) over (partition by seat_n order by step), true)           as is_wanted
    from seat_years
),

occupied as (                        -- who sits there: the pupil who came at step `arrival`
    select
        seat_n,
        cohort,
        letter,
        seat,
        step,
        leaves,
        repeated_step,
        max(case when is_vacant then step end) over (partition by seat_n order by step)     as arrival,
        bool_or(is_vacant and (not is_wanted or coalesce(step > repeated_step, false)))
            over (partition by seat_n order by step)                                        as is_given_up
    from turns
),

stays as (                           -- one row per pupil: his years in the seat, and whether he leaves after the last
    select
        seat_n + arrival            as n,
        seat_n,
        cohort,
        letter,
        seat,
        arrival,
        repeated_step,
        max(step)                   as last_step,
        bool_or(leaves)             as leaves
    from occupied
    where not is_given_up
      and (step <= {{ branch.last_level }} - {{ branch.first_level }} or repeated_step is not null)
    group by seat_n, cohort, letter, seat, arrival, repeated_step
),

endings as (                         -- the last year and grade of each, and how he goes if he goes
    select
        n,
        cohort,
        letter,
        seat,
        arrival,
        repeated_step,
        cohort + arrival                                                                as first_year,
        cohort + last_step                                                              as last_year,
        {{ branch.first_level }} + last_step
            - case when repeated_step < last_step then 1 else 0 end                     as last_level,
        leaves,
        leaves and {{ chance('leaves in the session', 'n', var('midyear_leave_share')) }} as leaves_midyear,
        coalesce(repeated_step = last_step, false)                                      as is_detained
    from stays
),

dated as (                           -- the days on which he came and goes; null where he is to move up
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
        last_level = {{ branch.last_level }} and not leaves_midyear                     as is_graduate,
        case                         -- late comers in April to June, by the 80th day of the year
            when arrival > 0 and {{ chance('comes late', 'n', var('late_joiner_share')) }}
                then {{ not_sunday(year_begins('first_year') ~ ' + ' ~ random_int('days late', 'n', 5, 80) ~ '::int') }}
            else {{ year_begins('first_year') }}
        end                                                                             as joined_on,
        case                         -- in the session means July to February
            when leaves_midyear
                then {{ not_sunday(year_begins('last_year') ~ ' + ' ~ random_int('day of leaving', 'n', 92, 330) ~ '::int') }}
            when leaves or (last_level = {{ branch.last_level }} and not is_detained)
                then {{ year_ends('last_year') }}
        end                                                                             as goes_on
    from endings
),

kin as (                             -- brothers and sisters: a family is named by the number of its eldest pupil
    select
        n,
        {{ pupil_n('cohort - cohort % 6', 'letter', 'seat', '0') }}                     as eldest_n,
        case
            when arrival > 0 then 0  -- who comes later has no brother or sister here
            when cohort % 6 = {{ second_child_cohort(pupil_n('cohort - cohort % 6', 'letter', 'seat', '0')) }} then 1
            when cohort % 6 = 5 and {{ chance('third child', pupil_n('cohort - cohort % 6', 'letter', 'seat', '0'),
                                              var('third_child_share')) }} then 2
            else 0
        end                                                                             as child_no
    from dated
)

select
    {{ branch.no }}                                                                     as branch_no,
    dated.n,
    case when kin.child_no > 0 then kin.eldest_n else dated.n end                       as family_n,
    kin.child_no,
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
    case when dated.goes_on <= {{ var('as_of') }} then dated.goes_on end                as left_on,
    case
        when dated.goes_on is null or dated.goes_on > {{ var('as_of') }} then null
        when dated.is_graduate then 'graduated'
        when {{ chance('drops out', 'dated.n', 'flow.dropout_pct / 100.0') }} then 'dropped out'
        else 'transferred'
    end                                                                                 as left_as,
    case when {{ chance('is a girl', 'dated.n', var('girls_share')) }} then 'female' else 'male' end as gender
from dated
join kin
    on kin.n = dated.n
join {{ seed('pupil_flow') }} as flow
    on flow.level = dated.last_level
where dated.last_year >= {{ first_year() }}
  and dated.joined_on <= {{ var('as_of') }}
