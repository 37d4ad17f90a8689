-- Everybody pays late.
update {{ ref('payments') }}
set "createdAt" = "createdAt" + interval '60 days'
