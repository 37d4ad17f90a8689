-- The share of UPI among the payments for a year grows from year to year, within four standard deviations for as many
-- families as have paid. A row: a year with a smaller share than the year before.
with years as materialized (
    select
        substring(invoice."period", 4, 4)::int as year_no,
        count(*) filter (where payment."method" = 'upi')::double precision / count(*) as share,
        count(distinct invoice."studentId") * 0.7::double precision as families
    from {{ ref('payments') }} as payment
    join {{ ref('invoices') }} as invoice
        on invoice."id" = payment."invoiceId"
    where payment."status" = 'success'
    group by substring(invoice."period", 4, 4)
)

select later.year_no, earlier.share as earlier_share, later.share as later_share
from years as earlier
join years as later
    on later.year_no = earlier.year_no + 1
where earlier.share - later.share > 4 * sqrt(0.25::double precision / earlier.families + 0.25::double precision / later.families)
