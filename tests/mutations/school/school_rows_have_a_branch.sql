-- A section belongs to nobody.
update {{ ref('sections') }}
set "branchId" = null
where "id" = (select min("id") from {{ ref('sections') }})
