-- A class has one paper a day, and an examination has each paper of a class on a day of its own, for all sections at
-- the same time. A row is a class and day with several subjects, or a class and subject with several days.
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
)

select class_id, day as what, count(distinct subject_id) as times
from sat
group by class_id, day
having count(distinct subject_id) > 1
union all
select class_id, subject_id, count(distinct schedule)
from sat
group by class_id, exam_id, subject_id
having count(distinct schedule) > 1
