update {{ ref('messages') }} set "branchId" = null where "id" = (select min("id") from {{ ref('messages') }})
