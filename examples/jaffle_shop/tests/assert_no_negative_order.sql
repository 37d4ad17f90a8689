-- An order may be free, but nobody is paid for ordering.
select order_id, amount
from {{ ref('orders') }}
where amount < 0
