-- A pupil is active while enrolled, has graduated when the last enrollment was completed, and is inactive when it
-- ended otherwise.
-- A row: a pupil whose status says something else.
with last_enrollment as (
    select
        "studentId" as student,
        "status" as status,
        row_number() over (partition by "studentId" order by "startDate" collate "C" desc) as nth
    from {{ ref('enrollments') }}
)

select student."id", student."status", last_enrollment.status as last_enrollment
from {{ ref('students') }} as student
left join last_enrollment
    on last_enrollment.student = student."id"
    and last_enrollment.nth = 1
where student."status" is distinct from case last_enrollment.status
    when 'enrolled' then 'active'
    when 'completed' then 'graduated'
    when 'transferred' then 'inactive'
    when 'inactive' then 'inactive'
end
