update {{ ref('applications') }} set "notes" = 'Documents verified.'
