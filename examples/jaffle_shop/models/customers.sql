with orders as (
    select
        customer_id,
        min(order_date) as first_order,
        max(order_date) as most_recent_order,
        count(order_id) as number_of_orders
    from {{ ref('stg_orders') }}
    group by customer_id
),

payments as (
    select
        o.customer_id,
        sum(p.amount) as total_amount
    from {{ ref('stg_payments') }} as p
    left join {{ ref('stg_orders') }} as o
        on o.order_id = p.order_id
    group by o.customer_id
)

select
    c.customer_id,
    c.first_name,
    c.last_name,
    orders.first_order,
    orders.most_recent_order,
    orders.number_of_orders,
    payments.total_amount as customer_lifetime_value
from {{ ref('stg_customers') }} as c
left join orders
    on orders.customer_id = c.customer_id
left join payments
    on payments.customer_id = c.customer_id
