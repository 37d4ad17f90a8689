-- Academic years run from 1 April to 31 March, bear both calendar years in their name and follow one another without
-- a gap; a branch has as many as the project shows, and the only active one is that of the as-of date.
-- A row: a branch whose years are not so.
select
    tenant."id" as branch,
    count(year."id") as years,
    count(*) filter (where year."isActive") as active,
    min(year."startDate" collate "C") as first_day,
    max(year."endDate" collate "C") as last_day
from {{ ref('tenants') }} as tenant
left join {{ ref('academic_years') }} as year
    on year."branchId" = tenant."id"
group by tenant."id"
having count(*) filter (where year."isActive") <> 1
    or count(year."id") <> {{ var('years') }}
    or count(distinct year."name") <> {{ var('years') }}
    or max(left(year."startDate", 4)::int) - min(left(year."startDate", 4)::int) <> {{ var('years') }} - 1
    or bool_or(year."startDate" <> left(year."name", 4) || '-04-01')
    or bool_or(year."endDate" <> right(year."name", 4) || '-03-31')
    or bool_or(year."name" <> left(year."startDate", 4) || '-' || (left(year."startDate", 4)::int + 1))
    or bool_or(year."isActive" <> ({{ var('as_of') }} between year."startDate"::date and year."endDate"::date))
