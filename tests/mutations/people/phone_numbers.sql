-- A number is written without its country code.
update {{ ref('guardians') }}
set "phoneNumber" = replace("phoneNumber", '+91-', '0')
where "id" = (select min("id") from {{ ref('guardians') }})
