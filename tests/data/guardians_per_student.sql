-- Some 1.8 guardians a student, and every guardian has a student.
select count(*)::numeric(10, 2) / count(distinct "studentId") as per_student
from {{ ref('student_guardians') }}
having count(*)::numeric(10, 2) / count(distinct "studentId") not between 1.65 and 1.95
union all
select count(*)::numeric(10, 2)
from {{ ref('guardians') }} as guardian
left join {{ ref('student_guardians') }} as link
    on link."guardianId" = guardian."id"
where link."id" is null
having count(*) > 0
