update {{ ref('marks') }}
set "totalMarks" = (select exam."maxMarks" / 2 from {{ ref('exams') }} as exam where exam."id" = "examId")
where not "isAbsent"
