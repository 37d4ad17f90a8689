-- Also fails: audit_data_agree, newcomers_have_applied
update {{ ref('applications') }} set "status" = 'REJECTED' where "status" = 'APPROVED'
