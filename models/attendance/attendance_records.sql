{{ config(table='AttendanceRecord', slice_by=['branch', 'year'], tags=['attendance'],
          rows=per_seat(200) ~ ' * [1, var("attendance_days") / 365]|min') }}

-- One row per enrolled pupil and school day, from the pupil's first day to his last, up to the as-of date,
-- of the last var('attendance_days') days.
--
-- Absence comes in two forms. A spell is an illness of two to six days with one reason, at most one in a fortnight.
-- Single days are drawn day by day. How often a pupil is absent depends on the grade, on the day (month, weekday, a
-- holiday next to it, board examinations ahead) and on the pupil: some are absent three times as often as others.
--
-- Rows: some 215 per pupil in a year that is over. All rates are estimates bracketed by published ones: see the seeds.
--
-- This is the largest model; a row costs one hash, two joins with small tables and a few integer comparisons. Rates are
-- whole numbers: an absence rate is in hundredths of a percent, a pupil's weight in percent of the usual, and 4295 turns
-- their product, which is in millionths, into the hash's scale, where certainty is 2^32.

with attending as (                  -- the pupils of the year, with their class teacher and how they differ
    select
        attended.n,
        attended.level,
        attended.letter,
        teacher.n                                                                       as teacher_n,
        greatest(attended.first_day, {{ attendance_begins() }}) - {{ year.starts_on }}      as first_day_no,
        least(attended.last_day, {{ var('as_of') }}) - {{ year.starts_on }}             as last_day_no,
        case                         -- percent of the usual absences; 100 on average
            when {{ chance('is often absent', 'attended.n', var('chronic_share'), by=['branch']) }}
                then {{ random_int('often absent', 'attended.n', 200, 340, by=['branch']) }}
            else 30 + floor(125 * {{ beta('absent', 'attended.n', 2, 3) }})::bigint
        end                                                                             as absence_weight,
        {{ random_int('late', 'attended.n', 40, 160) }}                                 as lateness_weight
    from {{ ref('pupil_years') }} as attended
    join {{ ref('staff_plan') }} as teacher
        on teacher.branch_no = attended.branch_no
        and teacher.homeroom_level = attended.level
        and teacher.homeroom_letter = attended.letter
        and {{ year.no }} between teacher.first_year and teacher.last_year
    where attended.branch_no = {{ branch.no }}
      and attended.year_no = {{ year.no }}
),

habits as materialized (             -- the same with rates; materialized, so that keys are made once a pupil
    select
        attending.n,
        {{ key_of('students', 'attending.n') }}                                         as student_id,
        {{ key_of('teachers', 'attending.teacher_n') }}                                 as marked_by,
        {{ choice('source', section_n('attending.level', 'attending.letter'),
                  {'mobile_app': 50, 'web_portal': 25, 'manual': 20, 'import': 5}) }}   as source,
        attending.first_day_no,
        attending.last_day_no,
        attending.level in (12, 14)                                                     as sits_board,   -- Class 10, 12
        (100 * rate.excused_pct / (100 - rate.present_pct))::int                        as excused_pct,
        (100 * (100 - rate.present_pct) * {{ 1 - var('spell_share') }})::int            as single_absence,
        attending.absence_weight * 4295                                                 as absence_scale,
        (100 * rate.late_pct)::int * attending.lateness_weight * 4295                   as late_width,
        -- a spell takes 3.5 of its 14 days on average: four times as many begin as there are days absent
        (4 * 100 * (100 - rate.present_pct) * {{ var('spell_share') }})::int
            * attending.absence_weight * 4295                                           as spell_width
    from attending
    join {{ seed('attendance_levels') }} as rate
        on rate.level = attending.level
),

spells as materialized (             -- each pupil's fortnights; a spell begins on one of its days, or on none (null)
    select
        habit.n,
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
            when {{ hash('falls ill', 'habit.n * 32 + fortnight.no') }} < habit.spell_width
                then {{ random_int('first day', 'habit.n * 32 + fortnight.no', 0, 13) }}
        end                                                                             as spell_begins,
        {{ random_int('days', 'habit.n * 32 + fortnight.no', 2, 6) }}                   as spell_days,
        case
            when {{ random_int('excused', 'habit.n * 32 + fortnight.no', 0, 99) }} < habit.excused_pct then 'excused'
            else 'absent'
        end                                                                             as spell_status,
        {{ pick('reason of a spell', 'habit.n * 32 + fortnight.no', 'absence_reasons') }} as spell_reason_slot
    from habits as habit
    cross join generate_series(habit.first_day_no / 14, habit.last_day_no / 14) as fortnight(no)
),

roll_calls as (                      -- each pupil and day, with the lot that decides the mark
    select
        spell.n * 512 + day.day_no                                                      as n,
        spell.student_id,
        spell.marked_by,
        spell.source,
        spell.excused_pct,
        spell.late_width,
        day.iso_day,
        case
            when day.fortnight_day >= spell.spell_begins and day.fortnight_day < spell.spell_begins + spell.spell_days
                then spell.spell_status
        end                                                                             as spell_status,
        spell.spell_reason_slot,
        (
            spell.single_absence
            + case when spell.sits_board then day.extra_absence_before_board else day.extra_absence end
        ) * spell.absence_scale                                                         as absence_width,
        {{ hash('mark', 'spell.n * 512 + day.day_no') }}                                as lot
    from spells as spell
    join {{ ref('school_days') }} as day
        on day.fortnight = spell.fortnight
    where day.branch_no = {{ branch.no }}
      and day.year_no = {{ year.no }}
      and day.day_no between spell.first_day_no and spell.last_day_no
    offset 0                         -- a fence: PostgreSQL would compute the hash again wherever the lot is used
),

marks as (                           -- what the teacher marks
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
            when lot < absence_width + late_width then {{ pick('reason', 'n', 'absence_reasons') }}
        end                                                                             as reason_slot
    from roll_calls
    offset 0                         -- a fence again: the join below is then by plain columns
)

select
    {{ key('mark.n') }}                                                                 as "id",
    {{ branch.id }}                                                                     as "branchId",
    mark.student_id                                                                     as "studentId",
    mark.iso_day                                                                        as "date",
    mark.status                                                                         as "status",
    because.reason                                                                      as "reason",
    mark.marked_by                                                                      as "markedBy",
    mark.source                                                                         as "source"
from marks as mark
left join {{ slots('absence_reasons') }} as because
    on because.status = mark.status
    and because.is_spell = mark.is_spell
    and because.slot = mark.reason_slot
