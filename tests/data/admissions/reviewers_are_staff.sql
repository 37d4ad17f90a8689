-- Who answers is on the staff of the branch and had joined by then. A row is an application answered by somebody else.
select application."applicationNo", application."reviewedBy", application."reviewedAt"
from {{ ref('applications') }} as application
left join {{ ref('staff') }} as staff
    on staff."id" = application."reviewedBy"
    and staff."branchId" = application."branchId"
where application."reviewedBy" is not null
  and (staff."id" is null or staff."joinDate"::date > application."reviewedAt"::date)
