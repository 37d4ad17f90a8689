-- Also fails: mark_sheets_agree
update {{ ref('marks') }} set "grade" = case when "grade" = 'E' then 'A1' else 'E' end
where "id" = (select min("id") from {{ ref('marks') }} where not "isAbsent")
