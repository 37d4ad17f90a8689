-- A grade pays no tuition.
-- Also fails: fees_around_the_base_fee, invoice_amounts
delete from {{ ref('fee_components') }}
where "type" = 'tuition'
  and "feeStructureId" = (select min("feeStructureId") from {{ ref('fee_components') }})
