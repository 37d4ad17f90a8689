-- Board examinations: candidates who average 90 percent, and who pass, in percent
-- Published by the boards for 2025; within 2.5 and 3 points, and four standard errors.
with published (board, level, outcome, percent, slack) as (
    values
        ('CBSE', 12, '90 and more', 8.40, 2.5),
        ('CBSE', 14, '90 and more', 6.60, 2.5),
        ('ICSE', 12, '90 and more', 22.22, 2.5),
        ('ISC', 14, '90 and more', 19.56, 2.5),
        ('CBSE', 12, 'girls who pass', 95.00, 3.0),
        ('CBSE', 12, 'boys who pass', 92.63, 3.0),
        ('CBSE', 14, 'girls who pass', 91.64, 3.0),
        ('CBSE', 14, 'boys who pass', 85.70, 3.0),
        ('ICSE', 12, 'girls who pass', 99.37, 3.0),
        ('ICSE', 12, 'boys who pass', 98.84, 3.0),
        ('ISC', 14, 'girls who pass', 99.45, 3.0),
        ('ISC', 14, 'boys who pass', 98.64, 3.0)
),

scores as (                          -- a candidate in a subject, which may have several papers
    select
        examined.board,
        case when exam."name" like 'Class 10 %' then 12 else 14 end as level,
        exam."id" as exam,
        mark."studentId" as student,
        avg(100 * mark."totalMarks" / exam."maxMarks") as score,
        max(100 * exam."minPassingMarks" / exam."maxMarks") as pass_score
    from {{ ref('marks') }} as mark
    join {{ ref('exams') }} as exam
        on exam."id" = mark."examId"
    join {{ ref('subjects') }} as subject
        on subject."id" = mark."subjectId"
    join {{ seed('branches') }} as branch
        on branch.id = mark."branchId"
    join {{ seed('exam_subjects') }} as examined
        on examined.board = branch.board
        and branch.code || '-' || examined.code = subject."code"
        and examined.is_main
    where exam."examType" = 'BOARD_EXAM'
      and not mark."isAbsent"
    group by examined.board, exam."name", exam."id", mark."studentId", examined.subject_group
),

results as materialized (                         -- a candidate
    select
        scores.board,
        scores.level,
        scores.student,
        avg(scores.score) as score,
        bool_and(scores.score >= scores.pass_score - 0.0001) as has_passed
    from scores
    group by scores.board, scores.level, scores.exam, scores.student
),

outcomes as (
    select result.board, result.level, '90 and more' as outcome, result.score >= 89.9999 as reached
    from results as result
    union all
    select
        result.board,
        result.level,
        case student."gender" when 'female' then 'girls who pass' else 'boys who pass' end,
        result.has_passed
    from results as result
    join {{ ref('students') }} as student
        on student."id" = result.student
)

select
    published.board || ' Class ' || (published.level - 2)::text || ', ' || published.outcome,
    100.0 * count(*) filter (where outcomes.reached) / count(*),
    published.percent,
    published.slack + 4 * sqrt((published.percent * (100 - published.percent) + 100)::double precision / count(*))
from outcomes
join published
    on published.board = outcomes.board
    and published.level = outcomes.level
    and published.outcome = outcomes.outcome
group by published.board, published.level, published.outcome, published.percent, published.slack
order by 1
