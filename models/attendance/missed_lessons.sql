{{ config(materialized='intermediate', slice_by=['branch', 'year'], tags=['attendance', 'timetable'],
          rows=per_section(80) ~ ' * [1, var("attendance_days") / 365]|min',
          lint={'total-order': 'a section has one lesson in a slot, and a teacher one mark a day: the level, letter or teacher decides'}) }}

-- One row per lesson and day whose teacher was not in the building, and who took it instead, if anybody could.
-- Rows: some 6 per hundred lessons, of which less than half are taken. Estimate, all of it.
--
-- A substitute is in the building for the whole lesson, has none of his own in that hour, and has the subject among his
-- own. Colleagues of the same field are asked first: the lessons of the hour in the order of their classes, the highest
-- first, and the free colleagues in an order drawn anew every day, so that the first lesson gets the first of them, and
-- so on. A lesson that nobody of the field can take is offered to one other teacher of that grade or a higher one who
-- knows the subject. Nobody gets two lessons, and where nobody is left there is no substitute (null).
--
-- Who serves whom hangs on pools of section letters (macro substitute_pool), so that a section more moves no
-- substitution of the others. A teacher stands in for lessons of the pool of his team's last letter and of later ones;
-- lessons of an earlier pool come before those of a later; and a teacher's lessons outside the pool of his team's first
-- letter have no substitute.
--
-- In five steps: `turns` queues the missed lessons of an hour, `idle` and `free` the free teachers, `colleagues` brings together
-- those of one field and turn, `others` asks for the lessons left, and `requests` lets each teacher say yes once.

with missed as (                     -- the lessons of those who were away for all of the lesson or a part of it
    select
        {{ on_day('lesson.n', 'teacher.day_no') }}                                          as n,   -- below 2^27
        lesson.n                                                                        as lesson_n,
        lesson.level,
        lesson.letter,
        lesson.slot,
        lesson.period,
        {{ clock_minutes('lesson.starts_at') }}                                         as starts,
        {{ clock_minutes('lesson.ends_at') }}                                           as ends,
        lesson.is_lab,
        subject.name                                                                    as subject,
        teacher.teacher_n,
        teacher.designation,
        teacher.stage,
        teacher.subject_group,
        {{ substitute_pool('lesson.letter') }}                                          as pool,
        {{ substitute_pool('lesson.letter') }} = teacher.first_pool                     as can_be_taken,
        teacher.day_no,
        teacher.day,
        teacher.began_n,
        coalesce(teacher.leave_type, teacher.status)                                    as occasion
    from {{ ref('teacher_days') }} as teacher
    join {{ ref('lessons') }} as lesson
        on lesson.teacher_n = teacher.teacher_n
        and lesson.weekday = teacher.weekday
    join {{ seed('board_subjects') }} as subject
        on subject.board = {{ branch.board }}
        and subject.code = lesson.code
    where teacher.branch_no = {{ branch.no }}
      and teacher.year_no = {{ year.no }}
      and lesson.branch_no = {{ branch.no }}
      and lesson.year_no = {{ year.no }}
      and teacher.status in ('ON_LEAVE', 'ABSENT', 'HALF_DAY')
      and (
          teacher.arrives is null
          or teacher.arrives > {{ clock_minutes('lesson.starts_at') }}
          or teacher.leaves < {{ clock_minutes('lesson.ends_at') }}
      )
),

turns as (                           -- those that can be taken, in their order within the hour and field
    select
        n,
        day_no,
        slot,
        level,
        letter,
        subject,
        stage,
        subject_group,
        pool,
        row_number() over (
            partition by day_no, slot, stage, subject_group
            order by pool, level desc, letter
        )                                                                               as turn
    from missed
    where can_be_taken
),

hours as (                           -- the hours in which somebody is wanted
    select distinct
        day_no,
        slot,
        starts,
        ends
    from missed
),

idle as materialized (               -- the hours of the week in which a teacher has no lesson of his own
    select
        post.n                                                                          as teacher_n,
        wanted.slot
    from {{ ref('staff_plan') }} as post
    cross join (select distinct slot from hours) as wanted
    left join {{ ref('lessons') }} as own
        on own.branch_no = {{ branch.no }}
        and own.year_no = {{ year.no }}
        and own.teacher_n = post.n
        and own.slot = wanted.slot
    where post.branch_no = {{ branch.no }}
      and post.staff_group = 'teaching'
      and own.teacher_n is null
),

free as (                            -- who is there in the hour without a lesson, in the day's order within his field
    select
        hour.day_no,
        hour.slot,
        teacher.teacher_n,
        teacher.stage,
        teacher.subject_group,
        teacher.last_pool                                                               as pool,
        row_number() over (
            partition by hour.day_no, hour.slot, teacher.stage, teacher.subject_group
            order by teacher.last_pool, {{ hash('turn', 'teacher.n') }}, teacher.n
        )                                                                               as turn
    from hours as hour
    join idle
        on idle.slot = hour.slot
    join {{ ref('teacher_days') }} as teacher
        on teacher.day_no = hour.day_no
        and teacher.teacher_n = idle.teacher_n
    where teacher.branch_no = {{ branch.no }}
      and teacher.year_no = {{ year.no }}
      and teacher.arrives <= hour.starts
      and teacher.leaves >= hour.ends
),

knows as (                           -- the subjects of each post, which has them in one text, as in 'Hindi, Art'
    select distinct
        post.n                                                                          as teacher_n,
        post.last_level,
        subject.name                                                                    as subject
    from {{ ref('staff_plan') }} as post
    join {{ seed('board_subjects') }} as subject
        on ', ' || post.subjects || ', ' like '%, ' || subject.name || ', %'
    where post.branch_no = {{ branch.no }}
      and subject.board = {{ branch.board }}
),

colleagues as (                      -- every lesson with the free colleague of the field whose turn it is, if any
    select
        wanted.n,
        wanted.day_no,
        wanted.slot,
        wanted.level,
        wanted.letter,
        wanted.subject,
        wanted.pool,
        free.teacher_n
    from turns as wanted
    left join free
        on free.day_no = wanted.day_no
        and free.slot = wanted.slot
        and free.stage = wanted.stage
        and free.subject_group = wanted.subject_group
        and free.turn = wanted.turn
        and free.pool <= wanted.pool
),

others as (                          -- for the lessons left: who else knows the subject and is not asked already
    select
        wanted.n,
        wanted.day_no,
        wanted.slot,
        wanted.level,
        wanted.letter,
        wanted.pool,
        free.teacher_n,
        row_number() over (
            partition by wanted.n
            order by {{ hash('other turn', on_day('free.teacher_n', 'free.day_no')) }}, free.teacher_n
        )                                                                               as turn
    from colleagues as wanted
    join free
        on free.day_no = wanted.day_no
        and free.slot = wanted.slot
        and free.pool <= wanted.pool
    join knows
        on knows.teacher_n = free.teacher_n
        and knows.subject = wanted.subject
        and knows.last_level >= wanted.level
    left join colleagues as asked
        on asked.day_no = free.day_no
        and asked.slot = free.slot
        and asked.teacher_n = free.teacher_n
        and asked.pool <= wanted.pool
    where wanted.teacher_n is null
      and asked.n is null
),

asked as (                           -- every lesson with the one teacher who is asked to take it
    select n, day_no, slot, level, letter, pool, teacher_n, 1 as is_colleague
    from colleagues
    where teacher_n is not null
    union all
    select n, day_no, slot, level, letter, pool, teacher_n, 0
    from others
    where turn = 1
),

requests as (                        -- what each is asked for in an hour: he takes the first, of the earliest pool
    select
        n,
        teacher_n,
        row_number() over (
            partition by day_no, slot, teacher_n
            order by pool, is_colleague desc, level desc, letter
        )                                                                               as turn
    from asked
)

select
    {{ branch.no }}                                                                     as branch_no,
    {{ year.no }}                                                                       as year_no,
    missed.n,
    missed.lesson_n,
    missed.level,
    missed.letter,
    missed.slot,
    missed.period,
    missed.starts,
    missed.is_lab,
    missed.teacher_n,
    missed.designation,
    missed.day_no,
    missed.day,
    missed.began_n,
    missed.occasion,
    request.teacher_n                                                                   as substitute_n
from missed
left join requests as request
    on request.n = missed.n
    and request.turn = 1
