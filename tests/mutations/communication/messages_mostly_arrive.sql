-- Also fails: messages_status_agrees
update {{ ref('messages') }} set "status" = 'failed' where "status" = 'delivered'
