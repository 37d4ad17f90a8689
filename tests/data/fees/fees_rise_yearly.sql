-- The fee of every class rises from year to year, by at most 15 per cent. A row: a class whose fee did not.
with fees as materialized (
    select
        schedule."classId" as class_id,
        left(schedule."startDate", 4)::int as year,
        sum(component."amount") as fee
    from {{ ref('fee_components') }} as component
    join {{ ref('fee_schedules') }} as schedule
        on schedule."feeStructureId" = component."feeStructureId"
    group by schedule."classId", schedule."startDate"
)

select class_id, year, earlier.fee as fee, later.fee as next_fee
from fees as earlier
join (select class_id, year - 1 as year, fee from fees) as later
    using (class_id, year)
where later.fee <= earlier.fee
   or later.fee * 100 > earlier.fee * 115
