-- Also fails: grades_follow_the_scale, mark_sheets_agree, marks_add_up, pass_shares
update {{ ref('marks') }} set "totalMarks" = 0
where not "isAbsent" and "studentId" in (select "id" from {{ ref('students') }} where "gender" = 'female')
