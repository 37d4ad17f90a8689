-- 50 to 85 per cent of the students are active, at least 5 inactive and 10 graduated: three years of history.
with shares as (
    select
        100.0 * count(*) filter (where "status" = 'active') / count(*) as active,
        100.0 * count(*) filter (where "status" = 'inactive') / count(*) as inactive,
        100.0 * count(*) filter (where "status" = 'graduated') / count(*) as graduated
    from {{ ref('students') }}
)

select active, inactive, graduated
from shares
where active not between 50 and 85
   or inactive < 5
   or graduated < 10
