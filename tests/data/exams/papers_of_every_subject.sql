-- Each subject with papers that a section is taught has one in each of its main examinations: half-yearly, annual,
-- pre-board and board. A row is a section, subject and examination without it.
with sat as materialized (                -- each session with its class and section: the classroom is the section's own
    select
        session."id" as session_id,
        session."branchId" as branch_id,
        session."examId" as exam_id,
        session."subjectId" as subject_id,
        left(session."schedule", 10) as day,
        session."schedule" as schedule,
        class."id" as class_id,
        class."name" as class_name,
        class."gradeLevel" as level,
        section."id" as section_id
    from {{ ref('exam_sessions') }} as session
    join {{ ref('rooms') }} as room
        on room."id" = session."roomId"
    join {{ ref('classes') }} as class
        on class."branchId" = session."branchId"
    join {{ ref('sections') }} as section
        on section."classId" = class."id"
        and class."name" || ' ' || section."name" = room."name"
),

taught as (                          -- by class, year and subject; streams differ by section
    select distinct
        section."id" as section_id,
        year."id" as year_id,
        subject."id" as subject_id
    from {{ ref('section_subjects') }} as plan
    join {{ seed('branches') }} as branch
        on branch.no = plan.branch_no
    join {{ seed('school_years') }} as years
        on years.no = plan.year_no
    join {{ ref('academic_years') }} as year
        on year."branchId" = branch.id
        and year."name" = years.name
    join {{ ref('classes') }} as class
        on class."branchId" = branch.id
        and class."gradeLevel" = plan.level
    join {{ ref('sections') }} as section
        on section."classId" = class."id"
        and section."name" = case when plan.letter >= 26 then chr(64 + (plan.letter / 26)::int) else '' end
            || chr(65 + (plan.letter % 26)::int)
    join {{ ref('subjects') }} as subject
        on subject."branchId" = branch.id
        and subject."code" = branch.code || '-' || plan.code
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
