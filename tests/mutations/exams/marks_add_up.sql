update {{ ref('marks') }} set "totalMarks" = "totalMarks" + 1
where "id" = (select min("id") from {{ ref('marks') }} where not "isAbsent")
