-- Also fails: applications_in_order, audit_data_agree, newcomers_have_applied
update {{ ref('applications') }} set "status" = 'PENDING', "submittedAt" = "submittedAt" - interval '2 years' where "id" = (select min("id") from {{ ref('applications') }})
