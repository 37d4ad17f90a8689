-- A reference looks as its gateway gives it, and names no real bank. A row: a payment with another reference.
select "id", "gateway", "reference"
from {{ ref('payments') }}
where coalesce(
    not case "gateway"
        when 'razorpay' then "reference" ~ '^pay_[0-9a-f]{14}$'
        when 'paytm' then "reference" ~ '^20[0-9]{19}$'
        when 'bank_transfer' then "reference" ~ '^ZZZ[A-Z]N[0-9]{5}[0-9A-F]{3}[0-9]{9}$'
        when 'cash' then "reference" ~ '^[A-Z]+/20[0-9]{2}-[0-9]{2}/R[0-9]{9}$'
        else "reference" ~ '^CHQ [0-9]{6} [A-Z]+/20[0-9]{2}-[0-9]{2}/R[0-9]{9}$'
    end,
    true
)
