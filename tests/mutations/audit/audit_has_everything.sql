update {{ ref('audit_logs') }} set "statusCode" = 403
