-- Every pupil of a section on the day of a paper that was sat has a mark in it, be it that he was absent, and there is no
-- other mark: none in a subject that the pupil's section does not sit, on a day when he was not enrolled, or of a paper that
-- is still to come. A row is a pupil and session without a mark, or a mark without a session.
with sat as materialized (                -- each session with its class and section: the classroom is the section's own
    {{ papers_with_sections() }}
),

expected as (                        -- who had to sit which paper: the section's pupils on its day
    {{ pupils_for_papers() }}
)

select expected.session_id, expected.student_id, mark."id" as mark_id, mark."studentId" as marked
from expected
full join {{ ref('marks') }} as mark
    on mark."studentId" = expected.student_id
    and mark."subjectId" = expected.subject_id
    and mark."examId" = expected.exam_id
where mark."id" is null
   or expected.session_id is null
