update {{ ref('tickets') }} set "ownerId" = 'nobody' where "id" = (select min("id") from {{ ref('tickets') }})
