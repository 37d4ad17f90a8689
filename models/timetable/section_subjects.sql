{{ config(materialized='intermediate', slice_by=['branch', 'year'], tags=['timetable'], rows=per_section(10)) }}

-- One row per section and subject of an academic year: who teaches it there, and how many lessons a week.
-- Rows: some ten for each section: the lessons of its week, counted by subject and teacher. Nothing is drawn here. All
-- pupils of a section take all its subjects; in Class 11 and 12 the letter is the stream: A science with computer
-- science, B science with biology, C commerce, D humanities, and so on from E.

select
    {{ branch.no }}                  as branch_no,
    {{ year.no }}                    as year_no,
    level,
    letter,
    code,
    teacher_n,
    count(*)                         as periods
from {{ ref('lessons') }}
where branch_no = {{ branch.no }}
  and year_no = {{ year.no }}
group by
    level,
    letter,
    code,
    teacher_n
