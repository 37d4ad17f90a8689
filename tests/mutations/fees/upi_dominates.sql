-- UPI is out of order.
update {{ ref('payments') }}
set "method" = 'card'
where "method" = 'upi'
