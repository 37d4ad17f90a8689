-- A guardian's PIN code is of another city.
-- Also fails: guardians_of_a_family_share_the_address
update {{ ref('guardians') }}
set "address" = left("address", length("address") - 6) || '999999'
where "id" = (select min("id") from {{ ref('guardians') }})
