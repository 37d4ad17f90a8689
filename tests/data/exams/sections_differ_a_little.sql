-- Sections differ, but do not stand out: the average of a section in an examination is within eight points of that of
-- its grade over all branches of the board, and four standard errors beside (a pupil's average has a deviation of 15).
-- A row is a section that is further off.
with sat as materialized (                -- each session with its class and section: the classroom is the section's own
    {{ papers_with_sections() }}
),

scripts as (                         -- what each pupil got in an examination, over its papers
    select
        sat.branch_id,
        sat.level,
        sat.exam_id,
        sat.section_id,
        exam."examType" as exam_type,
        count(*) as marks,
        sum(round((1000 * entry."rawMarks" / exam."maxMarks")::double precision)::bigint) as total
    from sat
    join {{ ref('exams') }} as exam
        on exam."id" = sat.exam_id
    join {{ ref('marks_entries') }} as entry
        on entry."sessionId" = sat.session_id
    where entry."rawMarks" is not null       -- null is absent
    group by sat.branch_id, sat.level, sat.exam_id, sat.section_id, exam."examType", entry."studentId"
),

sections as materialized (
    select
        branch.board,
        script.level,
        script.exam_type,
        script.exam_id,
        script.section_id,
        count(*) as pupils,
        sum(script.marks) as marks,
        sum(script.total)::double precision * 0.1 as total
    from scripts as script
    join {{ seed('branches') }} as branch
        on branch.id = script.branch_id
    group by branch.board, script.level, script.exam_type, script.exam_id, script.section_id
),

levels as (
    select
        board,
        level,
        exam_type,
        sum(pupils) as pupils,
        sum(round((total * 10)::double precision)::bigint)::double precision * 0.1
            / sum(marks)::double precision as score
    from sections
    group by board, level, exam_type
)

select
    section.exam_id,
    section.section_id,
    section.total / section.marks::double precision as score,
    level.score as of_the_level
from sections as section
join levels as level
    on level.board = section.board
    and level.level = section.level
    and level.exam_type = section.exam_type
where abs(section.total / section.marks::double precision - level.score) > 8 + 60 / sqrt(section.pupils)
