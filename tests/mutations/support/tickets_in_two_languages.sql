update {{ ref('tickets') }} set "description" = 'मेरे बेटे की फ़ीस'
