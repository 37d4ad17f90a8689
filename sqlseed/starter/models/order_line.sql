{{ config(slice_by=['shop'], rows="5 * shop.customers * var('scale')") }}

-- One row per title in an order; an order has one to three lines.
-- The orders are read from their table, and what they sell is a weighted choice: harbour's bestsellers are hill's too.

with ordered as (           -- the lines of every order; four numbers for each, of which three may be used
    select
        o.id                                                as order_id,
        line.no                                             as line_no,
        o.order_no * 4 + line.no                            as n
    from {{ ref('book_order') }} as o
    cross join generate_series(1, 3) as line(no)
    where o.shop_code = {{ shop.code }}
      and line.no <= {{ random_int('lines', 'o.order_no', 1, 3) }}
)

select
    {{ key('ordered.n') }}                                  as id,
    {{ shop.code }}                                         as shop_code,
    ordered.order_id                                        as order_id,
    ordered.line_no                                         as line_no,
    {{ key_of('book', 'title.no') }}                        as book_id,
    {{ choice('quantity', 'ordered.n', {1: 85, 2: 12, 3: 3}) }} as quantity,
    title.price_cents                                       as price_cents
from ordered
join {{ slots('titles') }} as title
    on title.slot = {{ pick('title', 'ordered.n', 'titles') }}
