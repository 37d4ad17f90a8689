update {{ ref('messages') }} set "status" = 'failed' where "status" = 'delivered'
