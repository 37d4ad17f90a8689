-- Children of one guardian and of one sex have one surname, are in one branch, and do not share a first name.
select first_child."id", second_child."id" as other
from {{ ref('student_guardians') }} as one
join {{ ref('student_guardians') }} as two
    on two."guardianId" = one."guardianId"
    and two."studentId" collate "C" > one."studentId"
join {{ ref('students') }} as first_child
    on first_child."id" = one."studentId"
join {{ ref('students') }} as second_child
    on second_child."id" = two."studentId"
where first_child."branchId" <> second_child."branchId"
   or (first_child."gender" = second_child."gender" and first_child."lastName" <> second_child."lastName")
   or (first_child."gender" = second_child."gender" and first_child."firstName" = second_child."firstName")
