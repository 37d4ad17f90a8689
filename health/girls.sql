-- Share of girls among the students, in percent
-- Published: UDISE+ 2024-25, all schools. Within a point, and four standard errors.
with counted as (                    -- one row; no students is null, which measures nothing
    select
        count(*) filter (where "gender" = 'female') as girls,
        nullif(count(*), 0) as students
    from {{ ref('students') }}
)

select
    'all branches' as label,
    100.0 * girls / students as actual,
    100.0 * {{ var('girls_share') }} as target,
    1 + 400 * sqrt({{ var('girls_share') }} * (1 - {{ var('girls_share') }})::double precision / students) as tolerance
from counted
