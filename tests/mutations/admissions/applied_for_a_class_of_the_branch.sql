update {{ ref('applications') }} set "dob" = '1999-01-01' where "id" = (select min("id") from {{ ref('applications') }})
