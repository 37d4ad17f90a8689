-- No key and no number stands twice; the number names branch and year, and every row has its branch.
-- A row is an application of which this is not so.
select "id" as what, count(*) as times
from {{ ref('applications') }}
group by "id"
having count(*) > 1
union all
select "applicationNo", count(*)
from {{ ref('applications') }}
group by "applicationNo"
having count(*) > 1
union all
select application."applicationNo", 1
from {{ ref('applications') }} as application
left join {{ seed('branches') }} as branch
    on branch.id = application."branchId"
where branch.id is null
   or application."applicationNo" not like 'APP/' || branch.code || '/20__/________'
