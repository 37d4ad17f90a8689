-- Every section has a class teacher of its branch who is at work, and no teacher has two sections.
-- A row: a section without, or with somebody who is not; or the first section of a teacher with two.
select section."id", section."homeroomTeacherId", staff."status"
from {{ ref('sections') }} as section
left join {{ ref('teachers') }} as teacher
    on teacher."id" = section."homeroomTeacherId"
left join {{ ref('staff') }} as staff
    on staff."id" = teacher."staffId"
where staff."id" is null
   or staff."status" = 'inactive'
   or teacher."branchId" <> section."branchId"
union all
select min("id" collate "C"), "homeroomTeacherId", 'two sections'
from {{ ref('sections') }}
group by "homeroomTeacherId"
having count(*) > 1
