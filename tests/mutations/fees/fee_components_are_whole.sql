-- A grade pays no tuition.
delete from {{ ref('fee_components') }}
where "type" = 'tuition'
  and "feeStructureId" = (select min("feeStructureId") from {{ ref('fee_components') }})
