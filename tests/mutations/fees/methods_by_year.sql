-- Everybody pays in cash.
update {{ ref('payments') }}
set "method" = 'cash', "gateway" = 'cash'
