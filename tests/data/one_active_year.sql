-- Every branch has one active academic year, from 1 April to 31 March.
select "branchId", count(*) filter (where "isActive") as active
from {{ ref('academic_years') }}
group by "branchId"
having count(*) filter (where "isActive") <> 1
    or bool_or(substring("startDate", 5) <> '-04-01')
    or bool_or(substring("endDate", 5) <> '-03-31')
