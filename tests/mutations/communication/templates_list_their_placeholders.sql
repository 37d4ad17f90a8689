update {{ ref('templates') }} set "variables" = '["name", "nobody"]' where "id" = (select min("id") from {{ ref('templates') }})
