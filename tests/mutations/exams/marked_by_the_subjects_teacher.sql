update {{ ref('marks') }} set "evaluatedBy" = (select max("id") from {{ ref('teachers') }})
