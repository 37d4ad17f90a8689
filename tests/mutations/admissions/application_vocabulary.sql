update {{ ref('applications') }} set "status" = 'approved' where "id" = (select min("id") from {{ ref('applications') }})
