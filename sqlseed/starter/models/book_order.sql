{{ config(slice_by=['shop'], rows="2.5 * shop.customers * var('scale')") }}

-- One row per order; a customer has one to four.
-- key_of('customer', n) computes the customer's id from his number: no join, but this model runs after `customer`.

with placed as (            -- four numbers for each customer, used or not: his orders never renumber another's
    select
        customer.n                                          as customer_n,
        customer.n * 4 + visit.no - 1                       as order_no,
        {{ joined_on('customer.n') }}                       as joined_on
    from generate_series(1, {{ shop.customers }} * {{ var('scale') }}) as customer(n)
    cross join generate_series(1, 4) as visit(no)
    where visit.no <= {{ random_int('orders', 'customer.n', 1, 4) }}
)

select
    {{ key('o.order_no') }}                                 as id,
    {{ shop.code }}                                         as shop_code,
    {{ key_of('customer', 'o.customer_n') }}                as customer_id,
    o.order_no                                              as order_no,
    {{ random_date('ordered', 'o.order_no', 'o.joined_on', var('as_of')) }} as ordered_on,
    {{ choice('status', 'o.order_no', {'delivered': 90, 'returned': 6, 'cancelled': 4}) }} as status
from placed as o
