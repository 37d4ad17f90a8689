update {{ ref('applications') }} set "guardianPhone" = '+91-7000000000' where "id" = (select min("id") from {{ ref('applications') }} where "status" = 'APPROVED')
