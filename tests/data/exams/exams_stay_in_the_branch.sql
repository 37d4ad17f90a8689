-- Every row has its branch, and it is that of what the row refers to. A row is one that has none or another.
select 'exams' as model, "id" from {{ ref('exams') }} where "branchId" is null
union all
select 'grading_scales', scale."id"
from {{ ref('grading_scales') }} as scale
left join {{ ref('tenants') }} as tenant
    on tenant."id" = scale."branchId"
where tenant."id" is null
union all
select 'exam_sessions', session."id"
from {{ ref('exam_sessions') }} as session
left join {{ ref('exams') }} as exam
    on exam."id" = session."examId"
    and exam."branchId" = session."branchId"
left join {{ ref('subjects') }} as subject
    on subject."id" = session."subjectId"
    and subject."branchId" = session."branchId"
where exam."id" is null
   or subject."id" is null
union all
select 'marks', mark."id"
from {{ ref('marks') }} as mark
left join {{ ref('exams') }} as exam
    on exam."id" = mark."examId"
    and exam."branchId" = mark."branchId"
left join {{ ref('subjects') }} as subject
    on subject."id" = mark."subjectId"
    and subject."branchId" = mark."branchId"
left join {{ ref('students') }} as student
    on student."id" = mark."studentId"
    and student."branchId" = mark."branchId"
where exam."id" is null
   or subject."id" is null
   or student."id" is null
union all
select 'marks_entries', entry."id"
from {{ ref('marks_entries') }} as entry
left join {{ ref('exam_sessions') }} as session
    on session."id" = entry."sessionId"
    and session."branchId" = entry."branchId"
left join {{ ref('students') }} as student
    on student."id" = entry."studentId"
    and student."branchId" = entry."branchId"
where session."id" is null
   or student."id" is null
