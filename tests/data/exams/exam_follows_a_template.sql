-- Each examination has a template of its board with the same kind, name, marks and weight, for all classes that sit it.
-- A row is an examination, and perhaps a class, that no template covers.
with sat as materialized (                -- each session with its class and section: the classroom is the section's own
    {{ papers_with_sections() }}
),

sits as (
    select distinct
        exam_id,
        class_name
    from sat
)

select exam."id", sits.class_name
from {{ ref('exams') }} as exam
join {{ seed('branches') }} as branch
    on branch.id = exam."branchId"
join sits
    on sits.exam_id = exam."id"
left join {{ ref('exam_templates') }} as template
    on template."boardType" = case branch.board when 'CBSE' then 'CBSE' else 'ICSE' end
    and template."examType" = exam."examType"
    and template."name" = branch.board || ' ' || left(exam."name", length(exam."name") - 10)
    and template."maxMarks" = exam."maxMarks"
    and template."minPassingMarks" = exam."minPassingMarks"
    and coalesce(template."weightagePercent", 0) = coalesce(exam."weightagePercent", 0)
    and ', ' || template."applicableClasses" || ',' like '%, ' || sits.class_name || ',%'
where template."id" is null
