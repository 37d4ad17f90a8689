update {{ ref('marks_entries') }} set "rawMarks" = "rawMarks" - 1
where "id" = (select min("id") from {{ ref('marks_entries') }} where "rawMarks" > 0)
