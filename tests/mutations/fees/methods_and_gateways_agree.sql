-- Cash comes by Razorpay.
update {{ ref('payments') }}
set "method" = 'cash', "gateway" = 'razorpay'
where "id" = (select min("id") from {{ ref('payments') }})
