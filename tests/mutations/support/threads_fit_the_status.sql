update {{ ref('tickets') }} set "status" = 'open' where "status" = 'closed'
