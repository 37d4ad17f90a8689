update {{ ref('audit_logs') }} set "userEmail" = 'admin@example.org' where "id" = (select min("id") from {{ ref('audit_logs') }})
