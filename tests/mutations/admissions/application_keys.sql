update {{ ref('applications') }} set "applicationNo" = 'APP-1' where "id" = (select min("id") from {{ ref('applications') }})
