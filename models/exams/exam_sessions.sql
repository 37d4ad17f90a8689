{{ config(table='ExamSession', slice_by=['branch', 'year'], tags=['exams', 'history'], rows=per_section(42)) }}

-- One row per examination, section and subject: when and where the section sits the paper.
--
-- All sections of a class write a paper at the same time, each in its own classroom, and a class has one paper a day.
-- Of a practical this is where the section meets before its batches go to the laboratory. A board examination stands in
-- the branch's own rooms, as if it were its own centre. `schedule` is the moment at which the paper begins, in UTC, as
-- JavaScript writes it: 2026-09-09T03:30:00.000Z is nine o'clock in India.
--
-- Rows: the papers of exam_calendar for the subjects that each section takes, future ones included.
-- Estimate: the hours.

with papers as (                     -- each paper and section; the section's number is also that of its classroom
    select
        {{ session_n('paper.exam_no', 'paper.level', 'taught.letter', 'paper.subject_no') }} as n,
        {{ section_n('paper.level', 'taught.letter') }}                 as room_n,
        paper.exam_no,
        paper.code,
        paper.starts_at
    from {{ ref('exam_calendar') }} as paper
    join {{ ref('section_subjects') }} as taught
        on taught.branch_no = paper.branch_no
        and taught.year_no = paper.year_no
        and taught.level = paper.level
        and taught.code = paper.code
    where paper.branch_no = {{ branch.no }}
      and paper.year_no = {{ year.no }}
)

-- subjects are numbered by the hash of their code
select
    {{ key('n') }}                                                      as "id",
    {{ branch.id }}                                                     as "branchId",
    {{ key_of('exams', 'exam_no') }}                                    as "examId",
    {{ key_of('subjects', text_hash('code')) }}                         as "subjectId",
    {{ key_of('rooms', 'room_n') }}                                     as "roomId",
    to_char(starts_at, 'YYYY-MM-DD"T"HH24:MI:SS') || '.000Z'            as "schedule"
from papers
