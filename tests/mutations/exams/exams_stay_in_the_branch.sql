update {{ ref('marks_entries') }} set "branchId" = null where "id" = (select min("id") from {{ ref('marks_entries') }})
