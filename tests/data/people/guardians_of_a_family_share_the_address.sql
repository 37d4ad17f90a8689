-- Both parents of a student live at one address.
select one."studentId", first_parent."address", second_parent."address" as other
from {{ ref('student_guardians') }} as one
join {{ ref('student_guardians') }} as two
    on two."studentId" = one."studentId"
    and two."guardianId" collate "C" > one."guardianId"
join {{ ref('guardians') }} as first_parent
    on first_parent."id" = one."guardianId"
join {{ ref('guardians') }} as second_parent
    on second_parent."id" = two."guardianId"
where first_parent."address" <> second_parent."address"
