-- A section sits papers only in subjects that it is taught that year. A row is a session in another subject.
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
)

select sat.session_id, sat.subject_id
from sat
join {{ ref('exams') }} as exam
    on exam."id" = sat.exam_id
left join taught
    on taught.section_id = sat.section_id
    and taught.year_id = exam."academicYearId"
    and taught.subject_id = sat.subject_id
where taught.section_id is null
