-- Share of girls among the students, in percent
-- Published: UDISE+ 2024-25, all schools. Within a point, and four standard errors.
select
    'all branches',
    100.0 * count(*) filter (where "gender" = 'female') / nullif(count(*), 0),
    100.0 * {{ var('girls_share') }},
    1 + 400 * sqrt({{ var('girls_share') }} * (1 - {{ var('girls_share') }})::double precision / nullif(count(*), 0))
from {{ ref('students') }}
