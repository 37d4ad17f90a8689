-- Also fails: campaigns_agree_with_the_calendar, messages_in_time
update {{ ref('messages') }} set "createdAt" = "createdAt"::date + interval '20 hours' where "id" = (
    select min(m."id") from {{ ref('messages') }} as m join {{ ref('templates') }} as t on t."id" = m."templateId" where t."name" not like 'Fee receipt%'
)
