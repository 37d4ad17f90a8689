update {{ ref('sections') }}
set "homeroomTeacherId" = (select max("homeroomTeacherId") from {{ ref('sections') }})
