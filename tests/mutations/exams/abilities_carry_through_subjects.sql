-- Also fails: grades_follow_the_scale, mark_sheets_agree, marks_add_up, pass_shares
update {{ ref('marks') }}
set "totalMarks" = case when substr("id", 36, 1) in ('0', '2', '4', '6', '8', 'a', 'c', 'e') then 5 else 19 end
where not "isAbsent"
