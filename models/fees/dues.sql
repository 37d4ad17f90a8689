{{ config(materialized='intermediate', slice_by=['branch'], tags=['fees'], rows=per_seat(3.7) ~ ' * var("years")',
          lint={'total-order': 'child_no and pupil_n name a child of the family, who has one invoice a quarter',
                'integer-division': 'concessions are rounded down to ten rupees'}) }}

-- One row per invoice: a pupil, a quarter that he attends in part or as a whole, what is asked of him and by when.
--
-- Invoices of the first quarter are issued on 1 April, the others some days before their quarter begins, and those of a
-- pupil who joins later on his first day. So on the as-of date the next quarter's may be there, due in the future. Who
-- goes between the issue and the quarter's first day leaves an invoice behind that is void.
--
-- Rows: four per pupil in a year that is over, fewer for who joined or left in it.
-- Estimate: the days of issue, the concession for brothers and sisters (seeds fee_quarters, sibling_concessions).

with quarters as (                   -- the quarters of the years shown; January to March is in the next calendar year
    select
        year.no                                                                         as year_no,
        quarter.quarter,
        quarter.newcomer_days,
        quarter.issued_days_before,
        make_date(year.no + quarter.years_later, quarter.first_month, 1)                as starts_on
    from generate_series({{ first_year() }}, {{ current_year() }}) as year(no)
    cross join {{ seed('fee_quarters') }} as quarter
),

issued as (                          -- those whose invoices are out by the as-of date, with their days
    select
        year_no,
        quarter,
        newcomer_days,
        starts_on,
        (starts_on + interval '3 months')::date - 1                                     as ends_on,
        starts_on - issued_days_before                                                  as issued_on,
        starts_on + {{ fee_due_day() }} - 1                                             as due_on,
        {{ year_ends('year_no') }}                                                      as year_ends_on
    from quarters
    where starts_on - issued_days_before <= {{ var('as_of') }}
),

billed as (                          -- each pupil and quarter, with the days that count for him; void where he had gone
    select
        attended.n                                                                      as pupil_n,
        pupil.family_n,
        pupil.child_no,
        attended.year_no,
        attended.level,
        quarter.quarter,
        greatest(quarter.issued_on, attended.first_day)                                 as issued_on,
        case
            when attended.first_day > quarter.starts_on
                then greatest(quarter.due_on, attended.first_day + quarter.newcomer_days)
            else quarter.due_on
        end                                                                             as due_on,
        coalesce(attended.last_day, quarter.year_ends_on)                               as last_day,
        pupil.left_on,
        coalesce(attended.last_day < quarter.starts_on, false)                          as is_void
    from {{ ref('pupil_years') }} as attended
    join {{ ref('pupils') }} as pupil
        on pupil.branch_no = attended.branch_no
        and pupil.n = attended.n
    join issued as quarter
        on quarter.year_no = attended.year_no
    where attended.branch_no = {{ branch.no }}
      and attended.first_day <= quarter.ends_on
      and coalesce(attended.last_day, quarter.year_ends_on) >= quarter.issued_on
),

families as (                        -- the same with the elder children of the family who are here in the quarter
    select
        pupil_n,
        family_n,
        child_no,
        year_no,
        level,
        quarter,
        issued_on,
        due_on,
        last_day,
        left_on,
        is_void,
        coalesce(
            sum(case when is_void then 0 else 1 end) over (
                partition by family_n, year_no, quarter
                order by child_no, pupil_n
                rows between unbounded preceding and 1 preceding
            ),
            0
        )::int                                                                          as elders
    from billed
)

select
    {{ branch.no }}                                                                     as branch_no,
    due.year_no,
    {{ invoice_n('due.pupil_n', 'due.quarter') }}                                       as n,
    due.pupil_n,
    due.family_n,
    due.child_no,
    due.quarter,
    due.issued_on,
    due.due_on,
    due.last_day,
    due.left_on,
    due.is_void,
    -- so many percent of tuition are let off, in whole tens of rupees
    tuition.fee - tuition.amount * concession.tuition_pct / 1000 * 10                   as amount
from families as due
join {{ ref('quarterly_fees') }} as tuition
    on tuition.branch_no = {{ branch.no }}
    and tuition.year_no = due.year_no
    and tuition.level = due.level
    and tuition.is_tuition
join {{ seed('sibling_concessions') }} as concession
    on concession.elders = least(due.elders, 2)
