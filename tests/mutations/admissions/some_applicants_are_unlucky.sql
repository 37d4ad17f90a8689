update {{ ref('applications') }} set "status" = 'REJECTED' where "status" = 'APPROVED'
