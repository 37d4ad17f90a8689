-- Most of what sets marks apart is the pupil: within an examination, the variance between the subjects of one pupil is
-- less than half the whole. The row is the two, if it is not. Independent marks would give equal ones.
with scores as (
    select
        mark."examId" as exam_id,
        mark."studentId" as student_id,
        -- in tenths of a percent
        round((1000 * mark."totalMarks" / exam."maxMarks")::double precision)::bigint as score
    from {{ ref('marks') }} as mark
    join {{ ref('exams') }} as exam
        on exam."id" = mark."examId"
    where not mark."isAbsent"
      and exam."examType" in ('HALF_YEARLY', 'ANNUAL', 'PRE_BOARD', 'BOARD_EXAM', 'UNIT_TEST')
),

pupils as (
    select
        exam_id,
        student_id,
        count(*) as papers,
        sum(score) as total,
        sum(score * score) as squares
    from scores
    group by exam_id, student_id
    having count(*) >= 3
),

exams as (
    select
        sum(squares - total * total / papers) as within_pupils,
        sum(papers - 1) as within_degrees,
        sum(squares) - sum(total) * sum(total) / sum(papers) as all_over,
        sum(papers) - 1 as all_degrees
    from pupils
    group by exam_id
    having count(*) >= 20
)

select sum(within_pupils) as within_pupils, sum(all_over) as all_over
from exams
having count(*) > 0
   and 2.0 * sum(within_pupils)::double precision / sum(within_degrees)::double precision
       > sum(all_over)::double precision / sum(all_degrees)::double precision
