-- Every student has one to three guardians, exactly one of them the first contact, who may fetch the child and is
-- called in an emergency; and no more than one father and one mother.
-- A row: a student of whom that is not true.
select student."id", count(link."id") as guardians, count(*) filter (where link."isPrimary") as primaries
from {{ ref('students') }} as student
left join {{ ref('student_guardians') }} as link
    on link."studentId" = student."id"
group by student."id"
having count(link."id") not between 1 and 3
    or count(*) filter (where link."isPrimary") <> 1
    or count(*) filter (where link."relation" = 'father') > 1
    or count(*) filter (where link."relation" = 'mother') > 1
    or bool_or(link."isPrimary" and not (link."canPickup" and link."emergencyContact"))
