-- A payment goes to another branch.
update {{ ref('payments') }}
set "branchId" = 'elsewhere'
where "id" = (select min("id") from {{ ref('payments') }})
