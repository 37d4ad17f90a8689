-- A substitution is approved by the principal, the vice principal or the headmistress of the branch, who had joined by
-- then. A row: one approved by somebody else.
select substitution."id", substitution."approvedBy", head."designation", head."joinDate"
from {{ ref('substitutions') }} as substitution
left join {{ ref('staff') }} as head
    on head."id" = substitution."approvedBy"
    and head."branchId" = substitution."branchId"
where substitution."approvedBy" is not null
  and (
      head."id" is null
      or head."designation" not in ('Principal', 'Vice Principal', 'Headmistress')
      or head."joinDate"::date > substitution."date"::date
  )
