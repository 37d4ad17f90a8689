-- A section belongs to nobody.
-- Also fails: audit_entities_exist, staff_for_pupils
update {{ ref('sections') }}
set "branchId" = null
where "id" = (select min("id") from {{ ref('sections') }})
