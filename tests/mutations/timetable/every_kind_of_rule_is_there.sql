delete from {{ ref('teacher_constraints') }}
where "teacherId" = (select min("id") from {{ ref('teachers') }})
