-- Every branch has at least 500 pupils enrolled now.
select tenant."id" as branch, count(enrollment."id") as enrolled
from {{ ref('tenants') }} as tenant
left join {{ ref('enrollments') }} as enrollment
    on enrollment."branchId" = tenant."id"
    and enrollment."status" = 'enrolled'
group by tenant."id"
having count(enrollment."id") < 500
