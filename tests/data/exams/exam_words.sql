-- Only the words that the application's services accept. A row is a table's column and a word.
select 'Exam.examType' as what, "examType" as word
from {{ ref('exams') }}
where coalesce("examType", '') not in (
    'UNIT_TEST', 'MONTHLY_TEST', 'QUARTERLY', 'HALF_YEARLY', 'ANNUAL', 'PRE_BOARD', 'BOARD_EXAM', 'REMEDIAL',
    'PRACTICAL', 'ORAL', 'PROJECT', 'ASSIGNMENT'
)
union all
select 'ExamTemplate.examType', "examType"
from {{ ref('exam_templates') }}
where "examType" not in (
    'UNIT_TEST', 'MONTHLY_TEST', 'QUARTERLY', 'HALF_YEARLY', 'ANNUAL', 'PRE_BOARD', 'BOARD_EXAM', 'REMEDIAL',
    'PRACTICAL', 'ORAL', 'PROJECT', 'ASSIGNMENT'
)
union all
select 'ExamTemplate.boardType', "boardType"
from {{ ref('exam_templates') }}
where coalesce("boardType", '') not in ('CBSE', 'ICSE', 'STATE_BOARD', 'IB', 'CAMBRIDGE', 'CUSTOM')
union all
select 'Exam.status', "status"
from {{ ref('exams') }}
where coalesce("status", '') not in (
    'SCHEDULED', 'ONGOING', 'COMPLETED', 'CANCELLED', 'RESULTS_PENDING', 'RESULTS_PUBLISHED'
)
union all
select 'GradingScale.type', "type"
from {{ ref('grading_scales') }}
where "type" not in ('MARKS', 'GRADE', 'CGPA', 'PERCENTAGE')
union all
select 'Mark.grade', "grade"
from {{ ref('marks') }}
where "grade" not in ('A1', 'A2', 'B1', 'B2', 'C1', 'C2', 'D', 'E')
union all
select 'MarksEntry.grade', "grade"
from {{ ref('marks_entries') }}
where "grade" not in ('A1', 'A2', 'B1', 'B2', 'C1', 'C2', 'D', 'E')
