delete from {{ ref('exam_sessions') }} where "id" = (
    select min("id") from {{ ref('exam_sessions') }}
    where "examId" in (select "id" from {{ ref('exams') }} where "examType" = 'HALF_YEARLY')
)
