-- Also fails: audit_data_agree, newcomers_have_applied
update {{ ref('applications') }} set "status" = 'approved' where "id" = (select min("id") from {{ ref('applications') }})
