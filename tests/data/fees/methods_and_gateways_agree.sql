-- A payment comes by a gateway that goes with its method: UPI, cards and net banking by Razorpay or Paytm, NEFT by bank
-- transfer, cash as cash, a cheque as a cheque. A row: a payment of which this is not true.
select payment."id", payment."method", payment."gateway"
from {{ ref('payments') }} as payment
left join {{ seed('payment_gateways') }} as gateway
    on gateway.method = payment."method"
    and gateway.gateway = payment."gateway"
where gateway.method is null
