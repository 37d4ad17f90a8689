-- Also fails: absent_on_the_register, absentees_have_no_marks
update {{ ref('marks') }} set "isAbsent" = true where "examId" in (select "id" from {{ ref('exams') }} where "term" = 1)
