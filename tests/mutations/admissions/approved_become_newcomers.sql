update {{ ref('applications') }} set "lastName" = 'Nobody' where "id" = (select min("id") from {{ ref('applications') }} where "status" = 'APPROVED')
