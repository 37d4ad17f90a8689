-- a rejected substitution has been approved by somebody
-- Also fails: heads_approve_substitutions, staff_attendance_parents_are_there
update {{ ref('substitutions') }}
set "approvedBy" = "id"
where "id" = (select min("id") from {{ ref('substitutions') }} where "status" = 'rejected')
