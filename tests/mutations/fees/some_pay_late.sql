-- Everybody pays late.
-- Also fails: audit_data_agree, payments_at_plausible_hours, payments_in_time
update {{ ref('payments') }}
set "createdAt" = "createdAt" + interval '60 days'
