-- Every telephone number has the form +91- and ten digits from 6 on, or as phone_mode has it, and belongs to one person.
with numbers as (
    select "phoneNumber" as phone from {{ ref('guardians') }}
    union all
    select "alternatePhoneNumber" from {{ ref('guardians') }} where "alternatePhoneNumber" is not null
    union all
    select "phone" from {{ ref('staff') }}
)

select phone, count(*) as holders
from numbers
group by phone
having phone is null
    or not phone ~ {{ mobile_form() }}

