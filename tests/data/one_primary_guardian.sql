-- Every student has one to three guardians, exactly one of them the first contact.
select student."id", count(link."id") as guardians, count(*) filter (where link."isPrimary") as primaries
from {{ ref('students') }} as student
left join {{ ref('student_guardians') }} as link
    on link."studentId" = student."id"
group by student."id"
having count(link."id") not between 1 and 3
    or count(*) filter (where link."isPrimary") <> 1
