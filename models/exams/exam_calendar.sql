{{ config(materialized='intermediate', slice_by=['branch', 'year'], tags=['exams', 'calendar'], rows='400',
          lint={'function-in-join': 'some 12 examinations beside the 225 days of a year'}) }}

-- One row per examination of a year, grade and subject: the day of the paper, and the marks that it gives.
--
-- An examination begins on the first school day from the day in its pattern on. Its papers follow in the order of
-- exam_subjects.no, a subject a day, with `gap` school days from one to the next. A subject keeps its place in the
-- order also where another is not taught: so two subjects of a grade never share a day, a subject's paper is on the
-- same day in all sections, and no subject or section that is added moves another's.
--
-- Rows: every subject with written papers, for each examination that its grade sits. When an examination begins and
-- ends follows from the subjects of section A, which every branch has, and which sits the first and the last paper.
-- Estimate: the dates, which follow common practice; the boards' own examinations begin on or about 15 February.

with open_days as materialized (     -- the school days of the year, numbered from 1: day_rank below
    select
        day,
        iso_day,
        row_number() over (order by day_no)::int                        as day_rank
    from {{ ref('school_days') }}
    where branch_no = {{ branch.no }}
      and year_no = {{ year.no }}
),

begins as (                          -- the first school day of each examination; January to March is the next year
    select
        pattern.no                                                      as exam_no,
        min(open_day.day_rank)                                          as day_rank
    from {{ seed('exam_patterns') }} as pattern
    join open_days as open_day
        on open_day.day >= make_date(
            {{ year.no }} + case when pattern.month < 4 then 1 else 0 end, pattern.month::int, pattern.day::int
        )
    where pattern.board = {{ branch.board }}
      and pattern.month is not null
    group by pattern.no
),

papers as materialized (             -- tests have no school marks, practicals and orals no written paper
    select
        pattern.no                                                      as exam_no,
        grade.level,
        subject.code,
        subject.no                                                      as subject_no,
        begins.day_rank + subject.no * pattern.gap                      as day_rank,
        case pattern.papers
            when 'full' then subject.theory
            when 'written' then pattern.max_marks
        end                                                             as theory_max,
        case when pattern.papers in ('full', 'practical') then subject.practical end as practical_max,
        case when pattern.papers in ('full', 'practical') then subject.project end   as project_max,
        case pattern.papers
            when 'full' then subject.internal
            when 'oral' then pattern.max_marks
        end                                                             as internal_max,
        pattern.max_marks,
        subject.family,
        subject.difficulty,
        pattern.shift                                                   as exam_shift,
        pattern.absence_pct,
        pattern.coursework_of,
        subject.hindi_pct,
        pattern.starts_at,
        pattern.results_days
    from {{ seed('exam_patterns') }} as pattern
    join begins
        on begins.exam_no = pattern.no
    join {{ seed('grades') }} as grade
        on grade.level between pattern.first_level and pattern.last_level
    join {{ seed('board_subjects') }} as taught
        on taught.board = pattern.board
        and grade.level between taught.first_level and taught.last_level
    join {{ seed('exam_subjects') }} as subject
        on subject.board = taught.board
        and subject.code = taught.code
    where pattern.board = {{ branch.board }}
      and grade.level between {{ branch.first_level }} and {{ branch.last_level }}
      and (
          pattern.papers = 'full'
          or (pattern.papers in ('written', 'oral') and subject.is_tested)
          or (pattern.papers = 'practical' and subject.practical > 0)
      )
),

first_sections as (                  -- what section A of each grade takes
    select distinct
        level,
        code
    from {{ ref('section_subjects') }}
    where branch_no = {{ branch.no }}
      and year_no = {{ year.no }}
      and letter = 0
),

spans as (                           -- from the first to the last paper of section A
    select
        paper.exam_no,
        min(open_day.day)                                               as first_day,
        max(open_day.day)                                               as last_day,
        {{ not_sunday('max(open_day.day + paper.results_days)') }}      as results_on
    from papers as paper
    join open_days as open_day
        on open_day.day_rank = paper.day_rank
    join first_sections
        on first_sections.level = paper.level
        and first_sections.code = paper.code
    group by paper.exam_no
),

marking as (                         -- the last school day up to which marks can be entered
    select
        span.exam_no,
        span.first_day,
        span.last_day,
        span.results_on,
        max(open_day.day_rank)                                          as last_marking_rank
    from spans as span
    join open_days as open_day
        on open_day.day <= least(span.results_on, greatest(span.first_day, {{ var('as_of') }}))
    group by
        span.exam_no,
        span.first_day,
        span.last_day,
        span.results_on
)

select
    {{ branch.no }}                                                     as branch_no,
    {{ year.no }}                                                       as year_no,
    paper.exam_no,
    paper.level,
    paper.code,
    paper.subject_no,
    open_day.day,
    open_day.iso_day,
    paper.day_rank,
    -- the seed has the time in India, which is 19800 seconds (five hours and a half) ahead of UTC
    (open_day.iso_day || ' ' || paper.starts_at || ':00')::timestamp - interval '19800 seconds' as starts_at,
    paper.theory_max::int                                               as theory_max,
    paper.practical_max::int                                            as practical_max,
    paper.project_max::int                                              as project_max,
    paper.internal_max::int                                             as internal_max,
    paper.max_marks,
    paper.family,
    paper.difficulty,
    paper.exam_shift,
    paper.absence_pct,
    paper.coursework_of,
    paper.hindi_pct,
    marking.first_day                                                   as exam_first_day,
    marking.last_day                                                    as exam_last_day,
    marking.results_on,
    marking.last_marking_rank
from papers as paper
join open_days as open_day
    on open_day.day_rank = paper.day_rank
join marking
    on marking.exam_no = paper.exam_no
