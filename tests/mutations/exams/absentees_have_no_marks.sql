update {{ ref('marks') }} set "isAbsent" = true
where "id" = (select min("id") from {{ ref('marks') }} where not "isAbsent")
