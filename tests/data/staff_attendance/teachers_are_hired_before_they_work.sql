-- A teacher is hired before the first day on which he is marked. A row: a mark before the joining date.
select mark."id", mark."date", member."joinDate"
from {{ ref('teacher_attendance') }} as mark
join {{ ref('teachers') }} as teacher
    on teacher."id" = mark."teacherId"
join {{ ref('staff') }} as member
    on member."id" = teacher."staffId"
where mark."date"::date < member."joinDate"::date
