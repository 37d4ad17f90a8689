-- Every payment fails.
update {{ ref('payments') }}
set "status" = 'failed'
