-- A section sits papers only in subjects that it is taught that year. A row is a session in another subject.
with sat as materialized (                -- each session with its class and section: the classroom is the section's own
    {{ papers_with_sections() }}
),

taught as (                          -- by class, year and subject; streams differ by section
    {{ subjects_taught() }}
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
