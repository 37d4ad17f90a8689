-- Also fails: abilities_carry_through_the_year, grades_follow_the_scale, mark_sheets_agree, marks_add_up
update {{ ref('marks') }} set "totalMarks" = 100
where not "isAbsent"
  and "examId" in (select "id" from {{ ref('exams') }} where "examType" in ('HALF_YEARLY', 'BOARD_EXAM'))
