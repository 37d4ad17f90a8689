-- No mark in a subject that the pupil's section does not sit, on a day when he was not enrolled, or of a paper that is
-- still to come. A row is such a mark.
with sat as materialized (                -- each session with its class and section: the classroom is the section's own
    {{ papers_with_sections() }}
),

expected as (                        -- who had to sit which paper: the section's pupils on its day
    {{ pupils_for_papers() }}
)

select mark."id", mark."studentId"
from {{ ref('marks') }} as mark
left join expected
    on expected.student_id = mark."studentId"
    and expected.subject_id = mark."subjectId"
    and expected.exam_id = mark."examId"
where expected.session_id is null
