-- A guardian has an address at a real provider.
update {{ ref('guardians') }}
set "email" = 'somebody@mail.in'
where "id" = (select min("id") from {{ ref('guardians') }})
