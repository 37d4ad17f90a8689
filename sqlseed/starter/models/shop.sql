{{ config(slice_by=['shop'], owner='code = :shop_code') }}

-- One row per shop: this model runs once for each, with the row of seeds/shops.csv as bind parameters.
-- A shop's key is its code. Such a key has no number, so `owner` says which rows are this slice's.

select
    {{ shop.code }}         as code,
    {{ shop.name }}         as name,
    {{ shop.town }}         as town,
    {{ shop.opened_on }}    as opened_on
