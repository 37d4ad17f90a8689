update {{ ref('subjects') }}
set "credits" = "credits" + 1
where "id" = (select min("id") from {{ ref('subjects') }})
