update {{ ref('audit_logs') }} set "statusCode" = 500 where "id" = (select min("id") from {{ ref('audit_logs') }} where "statusCode" = 201)
