{#- The register of the day, as the common table expressions from `attending` to `marks`: one mark per enrolled pupil
    and school day up to the as-of date, numbered by `on_day` of pupil and day. attendance_records keeps them all;
    with `days`, the name of a common table expression before it, only those of the days whose `day_no` it has. Who
    reads them so draws the same lots again (`of=register`), and agrees with the register without reading its millions
    of rows. They are all marked by the class teacher. What decides a mark is told in attendance_records. A large slice
    is cut by pupils (`is_cut`, see cohort_sections). -#}
{% macro roll_call(days='', is_cut=true) -%}
{%- set register = 'attendance_records' -%}
attending as (                       -- the pupils of the year, with their class teacher and how they differ
    select
        attended.n,
        attended.level,
        attended.letter,
        teacher.n                                                                       as teacher_n,
        greatest(attended.first_day, {{ attendance_begins() }}) - {{ year.starts_on }}      as first_day_no,
        least(attended.last_day, {{ var('as_of') }}) - {{ year.starts_on }}             as last_day_no,
        {{ absence_weight('attended.n') }}                                              as absence_weight,
        {{ random_int('late', 'attended.n', 40, 160, of=register) }}                    as lateness_weight
    from {{ ref('pupil_years') }} as attended
    join {{ ref('staff_plan') }} as teacher
        on teacher.branch_no = attended.branch_no
        and teacher.homeroom_level = attended.level
        and teacher.homeroom_letter = attended.letter
        and {{ year.no }} between teacher.first_year and teacher.last_year
    where attended.branch_no = {{ branch.no }}
      and attended.year_no = {{ year.no }}
{% if is_cut %}
      and {{ chunk('attended.n') }}
{% endif %}
),

paper_days as (                      -- days of an examination: hardly anybody stays away, and who is ill comes
    select distinct
        level,
        day,
        absence_pct
    from {{ ref('exam_calendar') }}
    where branch_no = {{ branch.no }}
      and year_no = {{ year.no }}
),

habits as materialized (             -- the same with their rates; materialized: keys are made once a pupil
    select
        attending.n,
        attending.level,
        -- the number of the section's roll call on day 0: see roll_takers
        ({{ section_n('attending.level', 'attending.letter') }}) * 512                  as first_roll_n,
        {{ key_of('students', 'attending.n') }}                                         as student_id,
        {{ key_of('teachers', 'attending.teacher_n') }}                                 as marked_by,
        {{ choice('source', section_n('attending.level', 'attending.letter'),
                  {'mobile_app': 50, 'web_portal': 25, 'manual': 20, 'import': 5}, of=register) }} as source,
        attending.first_day_no,
        attending.last_day_no,
        attending.level in (12, 14)                                                     as sits_board,   -- Class 10, 12
        (100 * rate.excused_pct / (100 - rate.present_pct))::int                        as excused_pct,
        (100 * (100 - rate.present_pct) * {{ 1 - var('spell_share') }})::int            as single_absence,
        -- widths are shares of the lot that decides a mark: 2^32 is certainty, 4295 a millionth of it
        attending.absence_weight * 4295                                                 as absence_scale,
        (100 * rate.late_pct)::int * attending.lateness_weight * 4295                   as late_width,
        -- a spell takes 3.5 of its 14 days on average: four times as many begin as there are days absent
        (4 * 100 * (100 - rate.present_pct) * {{ var('spell_share') }})::int
            * attending.absence_weight * 4295                                           as spell_width
    from attending
    join {{ seed('attendance_levels') }} as rate
        on rate.level = attending.level
),

{% if days %}
fortnights_wanted as (               -- those in which the days lie
    select distinct day_no / 14                                                         as no
    from {{ days }}
),

{% endif %}
spells as materialized (             -- each pupil's fortnights; a spell begins on one of its days, or on none (null)
    select
        habit.n,
        habit.level,
        habit.first_roll_n,
        habit.student_id,
        habit.marked_by,
        habit.source,
        habit.first_day_no,
        habit.last_day_no,
        habit.sits_board,
        habit.excused_pct,
        habit.single_absence,
        habit.absence_scale,
        habit.late_width,
        fortnight.no                                                                    as fortnight,
        case
            when {{ hash('falls ill', 'habit.n * 32 + fortnight.no', of=register) }} < habit.spell_width
                then {{ random_int('first day', 'habit.n * 32 + fortnight.no', 0, 13, of=register) }}
        end                                                                             as spell_begins,
        {{ random_int('days', 'habit.n * 32 + fortnight.no', 2, 6, of=register) }}      as spell_days,
        case
            when {{ random_int('excused', 'habit.n * 32 + fortnight.no', 0, 99, of=register) }} < habit.excused_pct
                then 'excused'
            else 'absent'
        end                                                                             as spell_status,
        {{ pick('reason of a spell', 'habit.n * 32 + fortnight.no', 'absence_reasons', of=register) }}
                                                                                        as spell_reason_slot
    from habits as habit
{% if days %}
    join fortnights_wanted as fortnight
        on fortnight.no between habit.first_day_no / 14 and habit.last_day_no / 14
{% else %}
    cross join generate_series(habit.first_day_no / 14, habit.last_day_no / 14) as fortnight(no)
{% endif %}
),

{% if not days %}
others as materialized (             -- who takes the roll of a section where the class teacher is away
    select
        n,
        {{ key_of('teachers', 'teacher_n') }}                                           as marked_by
    from {{ ref('roll_takers') }}
    where branch_no = {{ branch.no }}
      and year_no = {{ year.no }}
),

{% endif %}
roll_calls as (                      -- each pupil and day: a spell, or the lot and the width of absence
    select
        {{ on_day('spell.n', 'day.day_no') }}                                               as n,
        spell.student_id,
{% if days %}
        spell.marked_by,
{% else %}
        coalesce(other.marked_by, spell.marked_by)                                      as marked_by,
{% endif %}
        spell.source,
        spell.excused_pct,
        spell.late_width,
        day.iso_day,
        case
            when paper.absence_pct is null
                and day.fortnight_day >= spell.spell_begins
                and day.fortnight_day < spell.spell_begins + spell.spell_days
                then spell.spell_status
        end                                                                             as spell_status,
        spell.spell_reason_slot,
        case
            when paper.absence_pct is not null then spell.single_absence * spell.absence_scale / 100 * paper.absence_pct
            else (
                spell.single_absence
                + case when spell.sits_board then day.extra_absence_before_board else day.extra_absence end
            ) * spell.absence_scale
        end                                                                             as absence_width,
        {{ hash('mark', on_day('spell.n', 'day.day_no'), of=register) }}                    as lot
    from spells as spell
    join {{ ref('school_days') }} as day
        on day.fortnight = spell.fortnight
    left join paper_days as paper
        on paper.level = spell.level
        and paper.day = day.day
{% if days %}
    join {{ days }} as wanted
        on wanted.day_no = day.day_no
{% else %}
    left join others as other
        on other.n = spell.first_roll_n + day.day_no
{% endif %}
    where day.branch_no = {{ branch.no }}
      and day.year_no = {{ year.no }}
      and day.day_no between spell.first_day_no and spell.last_day_no
    offset 0                         -- a fence: PostgreSQL would compute the hash again wherever the lot is used
),

marks as (                           -- what the teacher marks: the lowest lots are absence, those above them lateness
    select
        n,
        student_id,
        marked_by,
        source,
        iso_day,
        case
            when spell_status is not null then spell_status
            when lot >= absence_width + late_width then 'present'
            when lot >= absence_width then 'late'
            when lot % 100 < excused_pct then 'excused'
            else 'absent'
        end                                                                             as status,
        spell_status is not null                                                        as is_spell,
        case
            when spell_status is not null then spell_reason_slot
            when lot < absence_width + late_width then {{ pick('reason', 'n', 'absence_reasons', of=register) }}
        end                                                                             as reason_slot
    from roll_calls
    offset 0                         -- a fence again: the join below is then by plain columns
)
{%- endmacro %}
