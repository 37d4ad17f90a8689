delete from {{ ref('messages') }}
where "templateId" in (select "id" from {{ ref('templates') }} where "name" like 'Overdue%')
