-- Also fails: audit_entities_exist, audit_users_are_staff
update {{ ref('audit_logs') }} set "branchId" = null where "id" = (select min("id") from {{ ref('audit_logs') }})
