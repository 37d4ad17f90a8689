update {{ ref('messages') }} set "error" = 'Handset switched off' where "id" = (select min("id") from {{ ref('messages') }} where "status" = 'delivered')
