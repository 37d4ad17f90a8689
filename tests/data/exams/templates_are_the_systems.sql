-- Both boards have templates, each name once; all are the system's, so nobody is their author; passing takes fewer
-- marks than there are. A row is a template that is otherwise, or a board without any.
select "id" as what
from {{ ref('exam_templates') }}
where not "isSystemTemplate"
   or "createdBy" is not null
   or "minPassingMarks" is null
   or "minPassingMarks" >= "maxMarks"
   or coalesce("weightagePercent", 1) not between 0 and 100
   or "applicableClasses" is null
union all
select min("id" collate "C") from {{ ref('exam_templates') }} group by "boardType", "name" having count(*) > 1
union all
select board.name
from (values ('CBSE'), ('ICSE')) as board (name)
left join {{ ref('exam_templates') }} as template
    on template."boardType" = board.name
where template."id" is null
