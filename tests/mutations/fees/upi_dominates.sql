-- UPI is out of order.
-- Also fails: methods_by_year
update {{ ref('payments') }}
set "method" = 'card'
where "method" = 'upi'
