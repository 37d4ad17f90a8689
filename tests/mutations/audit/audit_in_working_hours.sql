-- Also fails: audit_data_agree
update {{ ref('audit_logs') }} set "createdAt" = timestamp '2040-01-02 05:00:00' where "id" = (select min("id") from {{ ref('audit_logs') }})
