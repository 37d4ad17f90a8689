-- Also fails: grades_follow_the_scale, mark_sheets_agree, marks_add_up, top_shares
update {{ ref('marks') }} set "totalMarks" = case when substr("studentId", 36, 1) < '8' then 1 else 19 end
where not "isAbsent" and "examId" in (select "id" from {{ ref('exams') }} where "examType" = 'UNIT_TEST');
update {{ ref('marks') }} set "totalMarks" = case when substr("studentId", 36, 1) < '8' then 95 else 5 end
where not "isAbsent" and "examId" in (select "id" from {{ ref('exams') }} where "examType" = 'HALF_YEARLY')
