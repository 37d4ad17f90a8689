-- E-mail goes to reserved example domains only, and no two people share an address.
with addresses as (
    select "email" as email from {{ ref('guardians') }} where "email" is not null
    union all
    select "email" from {{ ref('staff') }}
)

select email, count(*) as holders
from addresses
group by email
having count(*) > 1
    or not email ~ '^[a-z0-9.-]+@example[.](com|net|org)$'
