-- Every class sits the examinations of its board's pattern: pre-primary orals only; Class 10 and 12 a pre-board and the
-- board's own examination; the others an annual one; all above pre-primary a half-yearly and a unit test; and the
-- weights of a year add up to 100. A row is a class and year of which that is not so.
with sat as materialized (                -- each session with its class and section: the classroom is the section's own
    {{ papers_with_sections() }}
),

sits as (                            -- which examinations a class sits
    select distinct
        sat.class_id,
        sat.level,
        exam."id" as exam_id,
        exam."academicYearId" as year_id,
        exam."examType" as exam_type,
        exam."weightagePercent" as weight
    from sat
    join {{ ref('exams') }} as exam
        on exam."id" = sat.exam_id
),

patterns as (
    select
        class_id,
        level,
        year_id,
        sum(coalesce(weight, 0)::int) as weight,
        count(case when exam_type = 'ORAL' then 1 end) as orals,
        count(case when exam_type <> 'ORAL' then 1 end) as others,
        count(case when exam_type = 'UNIT_TEST' then 1 end) as tests,
        count(case when exam_type = 'HALF_YEARLY' then 1 end) as half_yearlies,
        count(case when exam_type = 'ANNUAL' then 1 end) as annuals,
        count(case when exam_type = 'PRE_BOARD' then 1 end) as pre_boards,
        count(case when exam_type = 'BOARD_EXAM' then 1 end) as board_exams
    from sits
    group by class_id, level, year_id
)

select class."id", year."name", pattern.weight
from {{ ref('classes') }} as class
join {{ ref('academic_years') }} as year
    on year."branchId" = class."branchId"
left join patterns as pattern
    on pattern.class_id = class."id"
    and pattern.year_id = year."id"
where pattern.class_id is null
   or pattern.weight <> 100
   or (pattern.level <= 2 and (pattern.others > 0 or pattern.orals <> 2))
   or (pattern.level > 2 and (pattern.orals > 0 or pattern.tests < 1 or pattern.half_yearlies <> 1))
   or (pattern.level in (12, 14) and (pattern.annuals > 0 or pattern.pre_boards <> 1 or pattern.board_exams <> 1))
   or (
       pattern.level > 2
       and pattern.level not in (12, 14)
       and (pattern.annuals <> 1 or pattern.pre_boards + pattern.board_exams > 0)
   )
