{{ config(table='TeacherConstraint', slice_by=['branch'], tags=['timetable', 'rules'], rows=per_section(3)) }}

-- One row per teacher and rule that every timetable keeps: most lessons a week, and the grades he may teach.
-- Rows: two for each teacher, also for those who have left.
-- Fact: the grades of a post (PRT, TGT, PGT). Estimate: the most lessons, var('teacher_lessons') of the week's 48.

with rules as (                      -- the rules of each; a teacher has eight numbers for them
    select
        teacher.n,
        teacher.first_year,
        rule.no,
        rule.type,
        case rule.no
            when 0 then '{"periods": {{ var('teacher_lessons') }}}'
            else '{"from": ' || teacher.first_level || ', "to": ' || teacher.last_level || '}'
        end                                                                             as value
    from {{ ref('staff_plan') }} as teacher
    cross join (values (0, 'MAX_PERIODS_PER_WEEK'), (1, 'GRADE_LEVELS')) as rule(no, type)
    where teacher.branch_no = {{ branch.no }}
      and teacher.staff_group = 'teaching'
)

select
    {{ key('n * 8 + no') }}                                                             as "id",
    {{ branch.id }}                                                                     as "branchId",
    {{ key_of('teachers', 'n') }}                                                       as "teacherId",
    type                                                                                as "type",
    value                                                                               as "value",
    no + 1                                                                              as "priority",
    -- on the last working day before he began
    {{ office_hour('created', 'n', not_sunday(year_begins('first_year') ~ ' - 1')) }}   as "createdAt"
from rules
