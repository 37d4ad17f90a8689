-- Some 1.8 guardians a student, with four standard deviations for a small school, and every guardian has a student.
-- A row: the mean, if it is outside; the number of guardians without a student, if there are any.
with means as (
    select
        count(distinct "studentId") as students,
        count(*)::double precision / nullif(count(distinct "studentId"), 0) as per_student
    from {{ ref('student_guardians') }}
)

select students, per_student
from means
where abs(per_student - 1.8) > 0.15 + 4 * 0.45 / sqrt(students::double precision)
union all
select count(*), 0
from {{ ref('guardians') }} as guardian
left join {{ ref('student_guardians') }} as link
    on link."guardianId" = guardian."id"
where link."id" is null
having count(*) > 0
