-- A guardian belongs to nobody.
update {{ ref('guardians') }}
set "branchId" = null
where "id" = (select min("id") from {{ ref('guardians') }})
