-- Invoices past their due date, by status, in percent
-- Estimate: nearly all families pay, a few late, very few never.
with due as materialized (
    select "status", count(*) as invoices, sum(count(*)) over () as total
    from {{ ref('invoices') }}
    where "dueDate"::date < {{ var('as_of') }}
    group by "status"
)

select
    status.name,
    100.0 * coalesce(due.invoices, 0) / totals.total,
    status.target,
    status.slack + 100 / sqrt(totals.total::double precision)
from (
    values ('paid', 97.5, 2.5), ('overdue', 1.0, 1.5), ('partial', 0.7, 1.0), ('cancelled', 0.3, 0.7), ('pending', 0.1, 0.4)
) as status (name, target, slack)
cross join (select max(total) as total from due having count(*) > 0) as totals
left join due
    on due."status" = status.name
order by status.target desc
