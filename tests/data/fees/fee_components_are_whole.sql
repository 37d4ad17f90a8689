-- The components of a structure are positive whole tens of rupees under different heads; one of them is tuition, and it
-- is more than half of the fee. A row: a structure of which this is not true, or one without components.
with fees as (
    select
        "feeStructureId" as id,
        count(*) as heads,
        count(distinct "name") as names,
        sum("amount") as fee,
        count(*) filter (where "type" = 'tuition') as tuitions,
        sum(case when "type" = 'tuition' then "amount" else 0 end) as tuition,
        min("amount") as lowest,
        count(*) filter (where "amount" % 10 <> 0) as broken
    from {{ ref('fee_components') }}
    group by "feeStructureId"
)

select structure."id", fees.heads, fees.fee, fees.tuition
from {{ ref('fee_structures') }} as structure
left join fees
    on fees.id = structure."id"
where fees.id is null
   or fees.heads < 4
   or fees.heads <> fees.names
   or fees.tuitions <> 1
   or fees.tuition * 2 <= fees.fee
   or fees.lowest <= 0
   or fees.broken > 0
