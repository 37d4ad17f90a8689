update {{ ref('marks') }} set "totalMarks" = 100
where not "isAbsent"
  and "examId" in (select "id" from {{ ref('exams') }} where "examType" in ('HALF_YEARLY', 'BOARD_EXAM'))
