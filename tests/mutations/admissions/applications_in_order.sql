-- Also fails: audit_data_agree
update {{ ref('applications') }} set "reviewedAt" = "submittedAt" - interval '1 day' where "id" = (select min("id") from {{ ref('applications') }} where "reviewedAt" is not null)
