update {{ ref('messages') }} set "payload" = '{}' where "id" = (select min("id") from {{ ref('messages') }})
