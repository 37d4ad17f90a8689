delete from {{ ref('marks') }} where "id" = (select min("id") from {{ ref('marks') }})
