delete from {{ ref('messages') }}
where "id" = (
    select min(m."id") from {{ ref('messages') }} as m join {{ ref('templates') }} as t on t."id" = m."templateId" where t."name" like 'Absence%'
)
