-- Invoices past their due date, by status, in percent
-- Estimate: nearly all families pay, a few late, very few never.
with due as materialized (           -- one row per status that such invoices have, and how many there are of all
    select
        "status",
        count(*) as invoices,
        sum(count(*)) over () as total
    from {{ ref('invoices') }}
    where "dueDate"::date < {{ var('as_of') }}
    group by "status"
),

totals as (                          -- one row, and none where nothing is due
    select max(total) as total
    from due
    having count(*) > 0
),

expected (status, percent, slack) as (
    values
        ('paid', 97.5, 2.5),
        ('overdue', 1.0, 1.5),
        ('partial', 0.7, 1.0),
        ('cancelled', 0.3, 0.7),
        ('pending', 0.1, 0.4)
)

select
    expected.status as label,
    100.0 * coalesce(due.invoices, 0) / totals.total as actual,
    expected.percent as target,
    expected.slack + 100 / sqrt(totals.total::double precision) as tolerance
from expected
cross join totals
left join due
    on due."status" = expected.status
order by expected.percent desc
