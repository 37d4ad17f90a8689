-- No two adults have the same first telephone number.
select phone, count(*) as holders
from (
    select "phoneNumber" as phone from {{ ref('guardians') }}
    union all
    select "phone" from {{ ref('staff') }}
) as numbers
group by phone
having count(*) > 1
