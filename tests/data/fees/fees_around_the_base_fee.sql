-- The mean fee of a branch's grades in a year is the branch's base fee at that year's prices, within 2 per cent.
-- A row: a branch and year of which it is not.
with fees as (
    select
        schedule."branchId" as branch,
        left(schedule."startDate", 4)::int as year,
        schedule."classId" as class_id,
        sum(component."amount") as fee
    from {{ ref('fee_components') }} as component
    join {{ ref('fee_schedules') }} as schedule
        on schedule."feeStructureId" = component."feeStructureId"
    group by schedule."branchId", schedule."startDate", schedule."classId"
),

means as (
    select branch, year, sum(fee)::double precision / count(*) as fee
    from fees
    group by branch, year
)

select means.branch, means.year, means.fee
from means
join {{ seed('branches') }} as branch
    on branch.id = means.branch
join {{ seed('fee_years') }} as price
    on price.year_no = means.year
where abs(means.fee - branch.base_fee_inr * price.fee_index * 0.001::double precision)
    > means.fee * 0.02::double precision
