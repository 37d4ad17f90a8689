-- Girls are near the published share of var('girls_share'): within four standard deviations of a sample of this size.
-- A row: the share, if it is further away.
with shares as (
    select
        count(*) as students,
        count(*) filter (where "gender" = 'female')::double precision / nullif(count(*), 0) as girls
    from {{ ref('students') }}
)

select students, girls
from shares
where abs(girls - {{ var('girls_share') }})
    > 4 * sqrt({{ var('girls_share') }} * (1 - {{ var('girls_share') }})::double precision / students)
