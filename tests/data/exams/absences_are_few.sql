-- Between one and five in a hundred are absent from a paper, somewhat more or fewer where there are few marks.
-- The row is the share, if it is outside.
select count(*) as marks, sum(case when "isAbsent" then 1 else 0 end) as absent
from {{ ref('marks') }}
having count(*) > 0
   and (
       sum(case when "isAbsent" then 1 else 0 end) < 0.01 * count(*) - 4 * sqrt(0.02 * count(*))
       or sum(case when "isAbsent" then 1 else 0 end) > 0.05 * count(*) + 4 * sqrt(0.05 * count(*))
   )
