-- Nobody joins after the as-of date, or on a Sunday; and not all on one day: no day has more than a tenth of the
-- staff, and twenty or more of them came in at least four different years.
-- A row: a member of staff, or the days.
with days as (
    select "joinDate" as day, count(*) as staff
    from {{ ref('staff') }}
    group by "joinDate"
),

spread as (
    select max(staff) as most, sum(staff)::int as staff, count(distinct left(day, 4)) as years
    from days
)

select "id" as id, "joinDate" as day
from {{ ref('staff') }}
where "joinDate"::date > {{ var('as_of') }}
   or extract(isodow from "joinDate"::date) = 7
union all
select 'staff who joined on one day', most::text
from spread
where (most * 10 > staff + 20)
   or (staff >= 20 and years < 4)
