update {{ ref('tickets') }} set "category" = 'complaint' where "id" = (select min("id") from {{ ref('tickets') }})
