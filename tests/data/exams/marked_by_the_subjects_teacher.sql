-- A mark is given by a teacher of the branch who teaches the subject: his subjects name it. A row is a subject and who
-- gave marks in it otherwise.
with markers as (
    select distinct
        "branchId" as branch_id,
        "subjectId" as subject_id,
        "evaluatedBy" as teacher_id
    from {{ ref('marks') }}
)

select marker.subject_id, marker.teacher_id
from markers as marker
join {{ ref('subjects') }} as subject
    on subject."id" = marker.subject_id
left join {{ ref('teachers') }} as teacher
    on teacher."id" = marker.teacher_id
    and teacher."branchId" = marker.branch_id
where teacher."id" is null
   or position(', ' || subject."name" || ',' in ', ' || teacher."subjects" || ',') = 0
