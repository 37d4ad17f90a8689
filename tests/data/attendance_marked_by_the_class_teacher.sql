-- A record is marked by a teacher of the branch.
select record."markedBy", count(*) as records
from {{ ref('attendance_records') }} as record
left join {{ ref('teachers') }} as teacher
    on teacher."id" = record."markedBy"
    and teacher."branchId" = record."branchId"
where teacher."id" is null
group by record."markedBy"
