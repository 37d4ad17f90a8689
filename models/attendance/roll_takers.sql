{{ config(materialized='intermediate', slice_by=['branch', 'year'], tags=['attendance'],
          rows=per_section(14) ~ ' * [1, var("attendance_days") / 365]|min',
          lint={'total-order': 'a section has one lesson in a period, and a teacher one mark a day'}) }}

-- One row per section and day on which its class teacher is not there when the first lesson begins at 08:20, and who
-- takes the roll instead: who gives the first lesson of the day that is held, or, where none is, the teacher of another
-- section with whom the pupils sit that morning, of the same stage if possible.
-- Rows: some 7 of a hundred days. On all others the class teacher takes the roll. Estimate.

with days as (                       -- the teachers' days, and who is there when the first lesson begins
    select
        n,
        teacher_n,
        stage,
        last_pool,
        day_no,
        weekday,
        coalesce(arrives <= {{ clock_minutes("'08:20'") }}, false)                      as is_there    -- null: away
    from {{ ref('teacher_days') }}
    where branch_no = {{ branch.no }}
      and year_no = {{ year.no }}
),

away as (                            -- the sections and days without their class teacher
    select
        teacher.homeroom_level                                                          as level,
        teacher.homeroom_letter                                                         as letter,
        -- below 2^21
        {{ on_day('(' ~ section_n('teacher.homeroom_level', 'teacher.homeroom_letter') ~ ')', 'day.day_no') }} as n,
        day.stage,
        day.day_no,
        day.weekday
    from {{ ref('staff_plan') }} as teacher
    join days as day
        on day.teacher_n = teacher.n
    where teacher.branch_no = {{ branch.no }}
      and teacher.homeroom_level is not null
      and not day.is_there
),

lessons as (                         -- their lessons that were held, by whom, in the order of the day
    select
        away.n,
        case when missed.n is null then lesson.teacher_n else missed.substitute_n end   as teacher_n,
        row_number() over (partition by away.n order by lesson.period)                  as turn
    from away
    join {{ ref('lessons') }} as lesson
        on lesson.level = away.level
        and lesson.letter = away.letter
        and lesson.weekday = away.weekday
    left join {{ ref('missed_lessons') }} as missed
        on missed.branch_no = {{ branch.no }}
        and missed.year_no = {{ year.no }}
        and missed.lesson_n = lesson.n
        and missed.day_no = away.day_no
    where lesson.branch_no = {{ branch.no }}
      and lesson.year_no = {{ year.no }}
      and (missed.n is null or missed.substitute_n is not null)
),

hosts as (                           -- for those without a lesson: who is there; pools as in missed_lessons
    select
        away.n,
        day.teacher_n,
        row_number() over (
            partition by away.n
            order by case when day.stage = away.stage then 0 else 1 end, {{ hash('host', 'day.n') }}, day.n
        )                                                                               as turn
    from away
    left join lessons as held
        on held.n = away.n
        and held.turn = 1
    join days as day
        on day.day_no = away.day_no
    where held.n is null
      and day.is_there
      and day.last_pool <= {{ substitute_pool('away.letter') }}
)

select
    {{ branch.no }}                                                                     as branch_no,
    {{ year.no }}                                                                       as year_no,
    away.n,
    coalesce(held.teacher_n, host.teacher_n)                                            as teacher_n
from away
left join lessons as held
    on held.n = away.n
    and held.turn = 1
left join hosts as host
    on host.n = away.n
    and host.turn = 1
