-- Also fails: audit_entities_exist
delete from {{ ref('applications') }} where "id" = (select min("id") from {{ ref('applications') }} where "status" = 'APPROVED')
