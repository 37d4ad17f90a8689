-- Also fails: ticket_texts_vary
update {{ ref('tickets') }} set "description" = 'मेरे बेटे की फ़ीस'
