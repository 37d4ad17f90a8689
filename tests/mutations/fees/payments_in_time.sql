-- A payment is made two years after everything else.
-- Also fails: audit_data_agree, payments_at_plausible_hours
update {{ ref('payments') }}
set "createdAt" = "createdAt" + interval '2 years', "updatedAt" = "updatedAt" + interval '2 years'
where "id" = (select max("id") from {{ ref('payments') }})
