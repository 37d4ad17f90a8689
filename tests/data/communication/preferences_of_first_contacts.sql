-- A primary guardian is asked about all four channels; members of staff and pupils have preferences too.
-- A row is a primary guardian with fewer, or a kind of owner that is missing.
select 'guardian' as kind, tie."guardianId" as owner_id, count(distinct preference."channel") as channels
from (select distinct "guardianId" from {{ ref('student_guardians') }} where "isPrimary") as tie
left join {{ ref('preferences') }} as preference
    on preference."ownerType" = 'guardian'
    and preference."ownerId" = tie."guardianId"
group by tie."guardianId"
having count(distinct preference."channel") < 4
union all
select expected.kind, null, 0
from (values ('guardian'), ('staff'), ('student')) as expected(kind)
left join {{ ref('preferences') }} as preference
    on preference."ownerType" = expected.kind
where preference."id" is null
