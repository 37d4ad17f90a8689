-- Who teaches a subject in a class is listed, and who is listed teaches it. One row for each that is on one side only.
with taught as (
    select distinct
        section."classId"    as class_id,
        period."subjectId"   as subject_id,
        period."teacherId"   as teacher_id
    from {{ ref('timetable_periods') }} as period
    join {{ ref('sections') }} as section
        on section."id" = period."sectionId"
    where not period."isBreak"
)

select
    taught.class_id,
    taught.subject_id,
    taught.teacher_id,
    listed."id"
from taught
full join {{ ref('class_subject_teachers') }} as listed
    on listed."classId" = taught.class_id
    and listed."subjectId" = taught.subject_id
    and listed."teacherId" = taught.teacher_id
where taught.class_id is null
   or listed."id" is null
