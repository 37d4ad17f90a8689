update {{ ref('audit_logs') }} set "newData" = '{"status": "APPROVED", "reviewedBy": "nobody"}' where "id" = (select min("id") from {{ ref('audit_logs') }} where "entityType" = 'Application')
