{{ config(materialized='intermediate', slice_by=['branch', 'year'], tags=['attendance', 'staff'],
          rows=per_section(240) ~ ' * [1, var("attendance_days") / 365]|min') }}

-- One row per teacher in post and school day up to the as-of date, of the last var('attendance_days') days: whether he
-- came, from when to when he was in the building (minutes after midnight), or what leave he took.
--
-- Three things keep a teacher away. A long leave runs up to the as-of date, of those who stand as on_leave in the staff
-- list. A spell, at most one in four weeks, is an illness or an earned or unpaid leave. Otherwise the day's own lot
-- decides: present, late, a half day up to or from lunch, absent without leave, or a day of casual leave.
--
-- Rows: some 220 per teacher in a year that is over. All rates are estimates: see the seeds teacher_marks,
-- teacher_leaves and long_leaves.

with in_post as (                    -- the year's teachers: if they are on a long leave now, which letters they serve
    select
        teacher.n,
        teacher.designation,
        teacher.stage,
        teacher.subject_group,
        -- a team serves so many neighbouring section letters; the pools of its first and its last
        {{ substitute_pool('teacher.letters * teacher.team_no') }}                      as first_pool,
        {{ substitute_pool('(teacher.letters * (teacher.team_no + 1) - 1)') }}          as last_pool,
        member."status" = 'on_leave'                                                    as is_on_leave,
        {{ pick('long leave', 'teacher.n', 'long_leaves', by=['branch']) }}             as long_leave_slot
    from {{ ref('staff_plan') }} as teacher
    join {{ ref('staff') }} as member
        on member."id" = {{ key_of('staff', 'teacher.n') }}
        and member."branchId" = {{ branch.id }}
    where teacher.branch_no = {{ branch.no }}
      and teacher.staff_group = 'teaching'
      and {{ year.no }} between teacher.first_year and teacher.last_year
),

teachers as (                        -- the same with the first day of the long leave, null for who is on none
    select
        teacher.n,
        teacher.designation,
        teacher.stage,
        teacher.subject_group,
        teacher.first_pool,
        teacher.last_pool,
        long_leave.leave_type                                                           as long_leave_type,
        case
            when teacher.is_on_leave
                then {{ var('as_of') }} + 1
                    - {{ random_int('days of the long leave', 'teacher.n', 'long_leave.min_days', 'long_leave.max_days',
                                    by=['branch']) }}::int
        end                                                                             as long_leave_from
    from in_post as teacher
    join {{ slots('long_leaves') }} as long_leave
        on long_leave.slot = teacher.long_leave_slot
),

days as (                            -- the school days, in spans of four weeks
    select
        day_no,
        day,
        iso_day,
        weekday,
        day_no / 28                                                                     as span
    from {{ ref('school_days') }}
    where branch_no = {{ branch.no }}
      and year_no = {{ year.no }}
      and day between {{ attendance_begins() }} and {{ var('as_of') }}
),

spans as (                           -- each teacher's four weeks, 14 a year, with the leave in them, mostly none
    select
        teacher.n,
        span.no                                                                         as span,
        {{ pick('leave', 'teacher.n * 16 + span.no', 'teacher_leaves') }}               as leave_slot
    from teachers as teacher
    cross join generate_series(0, 13) as span(no)
),

spells as (                          -- those with a leave: when it begins, for how long; it ends within them
    select
        span.n,
        span.span,
        leave.leave_type,
        {{ random_int('days of leave', 'span.n * 16 + span.span', 'leave.min_days', 'leave.max_days') }} as days,
        span.span * 28 + {{ random_int('first day of leave', 'span.n * 16 + span.span', 0, '28 - leave.max_days') }}
                                                                                        as first_day_no
    from spans as span
    join {{ slots('teacher_leaves') }} as leave
        on leave.slot = span.leave_slot
    where leave.leave_type is not null
),

marks as (                           -- each teacher and day, with all that may decide it
    select
        {{ on_day('teacher.n', 'day.day_no') }}                                             as n,   -- below 2^25
        teacher.n                                                                       as teacher_n,
        teacher.designation,
        teacher.stage,
        teacher.subject_group,
        teacher.first_pool,
        teacher.last_pool,
        day.day_no,
        day.day,
        day.iso_day,
        day.weekday,
        case
            when day.day >= teacher.long_leave_from then teacher.long_leave_type
            else spell.leave_type
        end                                                                             as leave_type,
        coalesce(day.day >= teacher.long_leave_from, false)                             as is_long,
        -- the day on which the leave began, so that what is written of it is the same on all its days; a long one may
        -- have begun in another year, and is written of as if on day 511, which no year has
        case
            when day.day >= teacher.long_leave_from then {{ on_day('teacher.n', '511') }}
            else {{ on_day('teacher.n', 'coalesce(spell.first_day_no, day.day_no)') }}
        end                                                                             as began_n,
        {{ pick('mark', on_day('teacher.n', 'day.day_no'), 'teacher_marks') }}          as mark_slot
    from teachers as teacher
    cross join days as day
    left join spells as spell
        on spell.n = teacher.n
        and spell.span = day.span
        and day.day_no between spell.first_day_no and spell.first_day_no + spell.days - 1
),

lots as (                            -- what a day's own lot can be: the seed, with its hours as minutes after midnight
    select
        slot,
        status,
        leave_type,
        {{ clock_minutes('arrives_from') }}                                             as arrives_from,
        {{ clock_minutes('arrives_until') }}                                            as arrives_until,
        {{ clock_minutes('leaves_from') }}                                              as leaves_from,
        {{ clock_minutes('leaves_until') }}                                             as leaves_until
    from {{ slots('teacher_marks') }}
)

select
    {{ branch.no }}                                                                     as branch_no,
    {{ year.no }}                                                                       as year_no,
    mark.n,
    mark.teacher_n,
    mark.designation,
    mark.stage,
    mark.subject_group,
    mark.first_pool,
    mark.last_pool,
    mark.day_no,
    mark.day,
    mark.iso_day,
    mark.weekday,
    case when mark.leave_type is not null then 'ON_LEAVE' else lot.status end           as status,
    coalesce(mark.leave_type, lot.leave_type)                                           as leave_type,
    mark.is_long,
    mark.began_n,
    case
        when mark.leave_type is null
            then {{ random_int('arrival', 'mark.n', 'lot.arrives_from', 'lot.arrives_until') }}::int
    end                                                                                 as arrives,
    case
        when mark.leave_type is null
            then {{ random_int('departure', 'mark.n', 'lot.leaves_from', 'lot.leaves_until') }}::int
    end                                                                                 as leaves
from marks as mark
join lots as lot
    on lot.slot = mark.mark_slot
