-- Also fails: audit_data_agree
update {{ ref('audit_logs') }} set "newData" = left("newData", length("newData") - 1) where "id" = (select min("id") from {{ ref('audit_logs') }} where "newData" is not null)
