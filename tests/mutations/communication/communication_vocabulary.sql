update {{ ref('preferences') }} set "channel" = 'fax' where "id" = (select min("id") from {{ ref('preferences') }})
