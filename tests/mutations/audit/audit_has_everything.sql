-- Also fails: audit_requests_agree
update {{ ref('audit_logs') }} set "statusCode" = 403
