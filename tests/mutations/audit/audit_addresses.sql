update {{ ref('audit_logs') }} set "ipAddress" = '8.8.8.8' where "id" = (select min("id") from {{ ref('audit_logs') }})
