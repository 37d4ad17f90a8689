update {{ ref('campaigns') }} set "templateId" = (
    select min("id") from {{ ref('templates') }}
    where "branchId" = (select min("branchId") from {{ ref('campaigns') }}) and "channel" = 'email' and "locale" = 'en'
)
where "id" = (
    select min(c."id") from {{ ref('campaigns') }} as c join {{ ref('templates') }} as t on t."id" = c."templateId"
    where t."channel" <> 'email' and c."branchId" = (select min("branchId") from {{ ref('campaigns') }})
)
