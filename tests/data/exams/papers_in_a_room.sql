-- Each session is in a room of the branch, and no room has two at a time. A row is a session that is not, or a room.
select session."id", session."schedule"
from {{ ref('exam_sessions') }} as session
left join {{ ref('rooms') }} as room
    on room."id" = session."roomId"
    and room."branchId" = session."branchId"
where room."id" is null
union all
select "roomId", "schedule"
from {{ ref('exam_sessions') }}
group by "roomId", "schedule"
having count(*) > 1
