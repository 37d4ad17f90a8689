-- A guardian's locality and PIN code are a pair of the branch's city.
with lived as (
    select
        guardian."id" as guardian,
        guardian."address" as address,
        right(guardian."address", 6) as pincode,
        split_part(guardian."address", ', ', 3) as third,
        split_part(guardian."address", ', ', 4) as fourth,
        branch.city as city
    from {{ ref('guardians') }} as guardian
    join {{ seed('branches') }} as branch
        on branch.id = guardian."branchId"
)

select lived.guardian, lived.address
from lived
left join {{ seed('localities') }} as place
    on place.city = lived.city
    and place.pincode = lived.pincode
    and place.locality in (lived.third, lived.fourth)
where place.locality is null
   or lived.address not like '%, ' || lived.city || ' - ______'
