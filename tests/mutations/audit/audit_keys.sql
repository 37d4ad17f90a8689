update {{ ref('audit_logs') }} set "branchId" = null where "id" = (select min("id") from {{ ref('audit_logs') }})
