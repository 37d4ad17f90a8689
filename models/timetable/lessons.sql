{{ config(materialized='intermediate', slice_by=['branch', 'year'], tags=['timetable'], rows=per_section(45)) }}

-- One row per section and lesson of its week: who teaches what, when and where, in one academic year.
--
-- The sections of a board and grade share one week, the seed lesson_grid: 48 lessons in a row, six a day over eight
-- periods (pre-primary: 30, over five). A section begins it at a slot of its own, the seed lesson_offsets, and goes on
-- in a circle. The two seeds were chosen together, so that the sections which share a teacher, a laboratory or a games
-- court never need him or it in the same slot: no search is done here, and no lesson clashes with another.
--
-- Rows: 48 for every section of the branch, 30 in pre-primary. A slot is (period - 1) * 6 + weekday - 1, so that
-- lessons that follow each other in the row fall on one day after the other.
-- Fact: the subjects of board and grade. Estimate: the number of lessons of each, and the school's hours.

with sections as (                   -- the branch's sections, each with who is class teacher that year
    select
        teacher.homeroom_level                                                          as level,
        teacher.homeroom_letter                                                         as letter,
        teacher.n                                                                       as teacher_n
    from {{ ref('staff_plan') }} as teacher
    where teacher.branch_no = {{ branch.no }}
      and {{ year.no }} between teacher.first_year and teacher.last_year
      and teacher.homeroom_letter < {{ sections_per_grade() }}
      and teacher.homeroom_level is not null
),

placed as (                          -- each lesson of the row, in its slot of this section's week
    select
        section.level,
        section.letter,
        (lesson.lesson_no + start.first_slot) % start.slots                             as slot,
        lesson.code,
        lesson.post_no,
        lesson.facility_no,
        section.teacher_n                                                               as class_teacher_n
    from sections as section
    join {{ seed('lesson_offsets') }} as start
        on start.board = {{ branch.board }}
        and start.level = section.level
        and start.turn = section.letter % start.turns
    join {{ seed('lesson_grid') }} as lesson
        on lesson.board = {{ branch.board }}
        and lesson.stream = section.letter % lesson.streams
        and section.level between lesson.first_level and lesson.last_level
),

special_teachers as (                -- who has a post of the grid that year, for the letters of his team
    select
        n,
        post_no,
        team_no,
        letters
    from {{ ref('staff_plan') }}
    where branch_no = {{ branch.no }}
      and {{ year.no }} between first_year and last_year
      and post_no is not null
)

select
    {{ branch.no }}                                                                     as branch_no,
    {{ year.no }}                                                                       as year_no,
    {{ lesson_n('placed.level', 'placed.letter', 'placed.slot') }}                      as n,
    placed.level,
    placed.letter,
    placed.slot,
    placed.slot % 6 + 1                                                                 as weekday,
    hour.lesson                                                                         as period,
    hour.period_no,
    hour.starts_at,
    hour.ends_at,
    placed.code,
    -- what has no post of the grid is the class teacher's, and what has no facility is in the section's own classroom
    coalesce(teacher.n, placed.class_teacher_n)                                         as teacher_n,
    coalesce(
        {{ facility_n('room.no', 'placed.letter / room.letters') }},
        {{ section_n('placed.level', 'placed.letter') }}
    )                                                                                   as room_n,
    coalesce(room.room_type = 'lab', false)                                             as is_lab
from placed
join {{ seed('school_hours') }} as hour
    on hour.lesson = placed.slot / 6 + 1
left join special_teachers as teacher
    on teacher.post_no = placed.post_no
    and teacher.team_no = placed.letter / teacher.letters
left join {{ seed('facilities') }} as room
    on room.no = placed.facility_no
