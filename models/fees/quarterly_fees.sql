{{ config(materialized='intermediate', slice_by=['branch'], tags=['fees'],
          rows='8 * (branch.last_level - branch.first_level + 1) * var("years")',
          lint={'integer-division': 'fees and their heads are whole tens of rupees'}) }}

-- One row per academic year, grade and fee head: what a branch asks for a quarter of the year.
--
-- The branch's base fee is the mean over its grades in 2026-2027. Higher grades pay more, earlier years less, and every
-- branch rises a little more or less than the others. The heads make up the grade's fee to the rupee: each is a share
-- of it in whole tens, and tuition is the rest.
--
-- Rows: 6 to 9 for each grade. Made up: the branches' base fees. Estimate: the rise by grade and year, the shares, all
-- bracketed by published fee pages. Charges that come once, such as admission or board registration, are left out.

with grades as (                     -- the branch's grades, and what makes the mean of their fees its base fee
    select
        sum(fee_pct)                                                    as sum_of_pct,
        count(*)                                                        as grades
    from {{ seed('fee_levels') }}
    where level between {{ branch.first_level }} and {{ branch.last_level }}
),

fees as (                            -- each year's and grade's fee of a quarter, in whole tens of rupees
    select
        price.year_no,
        grade.level,
        -- base fee * the grade's percent by their mean * the year's index and the branch's own rise, both per mille
        (
            {{ branch.base_fee_inr }}::bigint * grade.fee_pct * grades.grades
            * price.fee_index * (1000 + {{ random_int('rise', 'price.year_no', -7, 7) }})
            / (grades.sum_of_pct::bigint * 1000 * 1000 * 10) * 10
        )::int                                                          as fee
    from {{ seed('fee_levels') }} as grade
    cross join grades
    cross join {{ seed('fee_years') }} as price
    where grade.level between {{ branch.first_level }} and {{ branch.last_level }}
      and price.year_no between {{ first_year() }} and {{ current_year() }}
),

heads as (                           -- each head of a grade; tuition has no share of its own
    select
        fee.year_no,
        fee.level,
        fee.fee,
        head.no,
        head.name,
        head.type,
        head.share_permille is null                                     as is_tuition,
        coalesce((fee.fee * head.share_permille + 5000) / 10000 * 10, 0) as amount
    from fees as fee
    cross join {{ seed('fee_heads') }} as head
    where fee.level between head.first_level and head.last_level
)

select
    {{ branch.no }}                                                     as branch_no,
    year_no,
    level,
    no                                                                  as head_no,
    name,
    type,
    case
        when is_tuition then fee - (sum(amount) over (partition by year_no, level))::int
        else amount
    end                                                                 as amount,
    is_tuition,
    fee
from heads
