update {{ ref('ticket_messages') }} set "content" = 'Noted.'
