-- a teacher works on Gandhi Jayanti of the year before, a holiday in every state
update {{ ref('teacher_attendance') }}
set "date" = '2025-10-02'
where "id" = (select min("id") from {{ ref('teacher_attendance') }} where "status" = 'PRESENT')
