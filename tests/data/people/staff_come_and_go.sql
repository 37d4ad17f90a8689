-- Leavers among staff exist: where the years and posts shown make ten of them likely, somebody has left, and at no
-- size more than a third. Those who left are inactive; a few of the others are on leave.
-- A row: the numbers, if not so.
with years as (
    select count(distinct "name") as shown
    from {{ ref('academic_years') }}
),

numbers as (
    select
        count(*) as staff,
        count(*) filter (where "status" = 'inactive') as inactive,
        count(*) filter (where "status" = 'on_leave') as on_leave
    from {{ ref('staff') }}
)

select numbers.staff, years.shown, numbers.inactive, numbers.on_leave
from numbers
cross join years
where (numbers.staff * (years.shown - 1) >= 200 and numbers.inactive = 0)
   or (years.shown = 1 and numbers.inactive > 0)
   or numbers.inactive > 0.1 * numbers.staff * (years.shown - 1) + 4 * sqrt(0.09 * numbers.staff::double precision)
   or numbers.on_leave > 0.05 * numbers.staff + 4 * sqrt(0.0475 * numbers.staff::double precision)
