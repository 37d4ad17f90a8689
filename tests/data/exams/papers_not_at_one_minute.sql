-- The papers of an examination spread over days: as many moments as the class with most papers has subjects.
-- A row is an examination with fewer.
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

moments as (
    select
        exam_id,
        count(distinct schedule) as moments
    from sat
    group by exam_id
),

papers as (
    select
        exam_id,
        class_id,
        count(distinct subject_id) as papers
    from sat
    group by exam_id, class_id
)

select moments.exam_id, moments.moments, max(papers.papers) as papers
from moments
join papers
    on papers.exam_id = moments.exam_id
group by moments.exam_id, moments.moments
having moments.moments < max(papers.papers)
