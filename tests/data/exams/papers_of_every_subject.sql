-- Each subject with papers that a section is taught has one in each of its main examinations: half-yearly, annual,
-- pre-board and board. A row is a section, subject and examination without it.
with sat as materialized (                -- each session with its class and section: the classroom is the section's own
    {{ papers_with_sections() }}
),

taught as (                          -- by class, year and subject; streams differ by section
    {{ subjects_taught() }}
),

examined as (                        -- the taught subjects that the seed exam_subjects has
    select
        taught.section_id,
        taught.year_id,
        taught.subject_id
    from taught
    join {{ ref('subjects') }} as subject
        on subject."id" = taught.subject_id
    join {{ seed('branches') }} as branch
        on branch.id = subject."branchId"
    join {{ seed('exam_subjects') }} as paper
        on paper.board = branch.board
        and branch.code || '-' || paper.code = subject."code"
),

sits as (                            -- the main examinations of a section
    select distinct
        sat.section_id,
        exam."id" as exam_id,
        exam."academicYearId" as year_id
    from sat
    join {{ ref('exams') }} as exam
        on exam."id" = sat.exam_id
    where exam."examType" in ('HALF_YEARLY', 'ANNUAL', 'PRE_BOARD', 'BOARD_EXAM')
)

select sits.section_id, sits.exam_id, examined.subject_id
from sits
join examined
    on examined.section_id = sits.section_id
    and examined.year_id = sits.year_id
left join sat
    on sat.section_id = sits.section_id
    and sat.exam_id = sits.exam_id
    and sat.subject_id = examined.subject_id
where sat.session_id is null
