-- Girls are near the published 48.3 per cent.
select 100.0 * count(*) filter (where "gender" = 'female') / count(*) as girls
from {{ ref('students') }}
having 100.0 * count(*) filter (where "gender" = 'female') / count(*) not between 47 and 49.6
