{{ config(slice_by=['shop'], rows="shop.customers * var('scale')") }}

-- One row per customer of a shop.
-- Rows: as many as the shop has in seeds/shops.csv, times the var `scale`; `rows` above tells `sqlseed plan`.
--
-- A random value is a function of a label, a row number and the project's seed, and of nothing else: add a column, a
-- customer or a shop, and no other value changes.

with numbered as (          -- pick(...) gives a slot number: a weighted choice among the names of seeds/names.csv
    select
        customer.n                                          as n,
        home.code                                           as shop_code,
        {{ pick('first name', 'customer.n', 'names') }}     as first_slot,
        {{ pick('last name', 'customer.n', 'names') }}      as last_slot
    from {{ ref('shop') }} as home          -- the table of the model `shop`, which is therefore built before this one
    cross join generate_series(1, {{ shop.customers }} * {{ var('scale') }}) as customer(n)
    where home.code = {{ shop.code }}       -- it holds every shop; this is the slice's
)

select
    {{ key('customer.n') }}                                 as id,
    customer.shop_code                                      as shop_code,
    first.name                                              as first_name,
    last.name                                               as last_name,
    {{ email('first.name', 'last.name', 'customer.n') }}    as email,
    {{ joined_on('customer.n') }}                           as joined_on,
    {{ chance('newsletter', 'customer.n', 0.35) }}          as has_newsletter
from numbered as customer
join {{ slots('names') }} as first
    on first.part = 'first'
    and first.slot = customer.first_slot
join {{ slots('names') }} as last
    on last.part = 'last'
    and last.slot = customer.last_slot
