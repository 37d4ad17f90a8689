-- Also fails: grades_follow_the_scale, mark_sheets_agree
update {{ ref('marks') }} set "totalMarks" = "totalMarks" + 1
where "id" = (select min("id") from {{ ref('marks') }} where not "isAbsent")
