update {{ ref('messages') }} set "to" = 'x', "payload" = '{"name": "x"}', "templateId" = (select min("id") from {{ ref('templates') }}), "createdAt" = timestamp '2020-01-01 06:00:00'
where "id" in ((select min("id") from {{ ref('messages') }}), (select max("id") from {{ ref('messages') }}))
