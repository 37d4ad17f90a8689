-- Also fails: audit_requests_agree, audit_tells_admissions_in_order
update {{ ref('audit_logs') }} set "entityId" = 'nothing' where "id" = (select min("id") from {{ ref('audit_logs') }} where "entityId" is not null)
