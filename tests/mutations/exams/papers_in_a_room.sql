-- The papers of one section's exam are written in a room of another branch.
update {{ ref('exam_sessions') }}
set "roomId" = (select min("id") from {{ ref('rooms') }} where "branchId" <> 'dps-main')
where "id" = (select min("id") from {{ ref('exam_sessions') }} where "branchId" = 'dps-main')
