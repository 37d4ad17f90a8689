{{ config(materialized='intermediate', slice_by=['branch', 'year'], tags=['attendance', 'timetable'],
          rows=this_year(per_section('8 * (var("period_days") + 1)'))) }}

-- One row per lesson of the timetable and recent day: who was to teach it, and who did.
-- Rows: the lessons of each recent day's weekday, eight for every section, and five in pre-primary. A lesson that was
-- missed has its substitute, or nobody (null) where it was not held; nobody has taught a planned one yet.
-- Nothing is drawn here: see lessons, recent_days and missed_lessons.

select
    {{ branch.no }}                                                                     as branch_no,
    {{ year.no }}                                                                       as year_no,
    {{ on_day('lesson.n', 'day.day_no') }}                                              as n,   -- below 2^27
    lesson.n                                                                            as lesson_n,
    lesson.level,
    lesson.letter,
    lesson.period,
    {{ clock_minutes('lesson.starts_at') }}                                             as starts,
    {{ clock_minutes('lesson.ends_at') }}                                               as ends,
    lesson.code,
    day.day_no,
    day.day,
    day.planned_on,
    lesson.teacher_n,
    case
        when day.is_planned then null
        when missed.n is not null then missed.substitute_n
        else lesson.teacher_n
    end                                                                                 as taught_by_n,
    case
        when day.is_planned then 'scheduled'
        when missed.n is not null and missed.substitute_n is null then 'cancelled'
        else 'completed'
    end                                                                                 as status
from {{ ref('recent_days') }} as day
join {{ ref('lessons') }} as lesson
    on lesson.weekday = day.weekday
left join {{ ref('missed_lessons') }} as missed
    on missed.branch_no = {{ branch.no }}
    and missed.year_no = {{ year.no }}
    and missed.lesson_n = lesson.n
    and missed.day_no = day.day_no
where day.branch_no = {{ branch.no }}
  and day.year_no = {{ year.no }}
  and lesson.branch_no = {{ branch.no }}
  and lesson.year_no = {{ year.no }}
