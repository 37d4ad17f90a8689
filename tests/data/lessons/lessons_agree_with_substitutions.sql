-- A lesson that was held is taught by its teacher, or by the substitute where there is a substitution; a lesson without a
-- substitute is cancelled, and no other is. A row: a lesson of which that is not true.
select session."id", session."status", session."actualTeacherId", substitution."substituteTeacherId"
from {{ ref('attendance_sessions') }} as session
left join {{ ref('substitutions') }} as substitution
    on substitution."periodId" = session."periodId"
    and substitution."date" = session."date"
where (session."status" = 'cancelled') <> coalesce(substitution."status" = 'rejected', false)
   or (
       session."status" = 'completed'
       and session."actualTeacherId" <> coalesce(substitution."substituteTeacherId", session."assignedTeacherId")
   )
   or (session."status" = 'scheduled' and substitution."id" is not null)
