{{ config(materialized='view') }}

with source as (
    select * from {{ ref('raw_payments') }}
)

select
    id as payment_id,
    order_id,
    payment_method,
    -- paid in cents
    amount * 0.01 as amount
from source
