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
    or not phone ~ {% if var('phone_mode') == 'undialable' %}'^[+]91-50[0-9]{10}$'{% else %}'^[+]91-[6-9][0-9]{9}$'{% endif %}

