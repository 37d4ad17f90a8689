-- Lessons of a teacher in a week
-- Estimate: posts are made for 30 to 40 of the 48 periods; 40 is the most that anybody gives. Where vars make a school
-- of few sections, posts are not filled.
{% set is_full_size = var('section_limit') >= 32 %}
with loads as materialized (         -- one row per teacher and academic year
    select
        "academicYearId",
        "teacherId",
        count(*) as lessons
    from {{ ref('timetable_periods') }}
    where "teacherId" is not null
    group by "academicYearId", "teacherId"
)

select
    'on average' as label,
    avg(lessons::double precision) as actual,
    {{ 35 if is_full_size else 20 }} as target,
    {{ 4 if is_full_size else 16 }} as tolerance
from loads
having count(*) > 0
union all
select
    'at most',
    max(lessons)::double precision,
    {{ var('teacher_lessons') if is_full_size else 32 }},
    {{ 0 if is_full_size else 8 }}
from loads
having count(*) > 0
order by 1 desc
