-- Every template, campaign, message and preference has its branch: that of its template, campaign and owner.
-- A row is one without a branch, or with another one than what it refers to.
select 'templates' as model, template."id"
from {{ ref('templates') }} as template
left join {{ ref('tenants') }} as tenant
    on tenant."id" = template."branchId"
where tenant."id" is null
union all
select 'campaigns', campaign."id"
from {{ ref('campaigns') }} as campaign
left join {{ ref('templates') }} as template
    on template."id" = campaign."templateId"
where campaign."branchId" is null
   or template."branchId" is null
   or template."branchId" <> campaign."branchId"
union all
select 'messages', message."id"
from {{ ref('messages') }} as message
left join {{ ref('templates') }} as template
    on template."id" = message."templateId"
left join {{ ref('campaigns') }} as campaign
    on campaign."id" = message."campaignId"
where message."branchId" is null
   or template."branchId" is null
   or template."branchId" <> message."branchId"
   or (message."campaignId" is not null and (campaign."branchId" is null or campaign."branchId" <> message."branchId"))
union all
select 'preferences', preference."id"
from {{ ref('preferences') }} as preference
left join (
    select 'guardian' as kind, "id", "branchId" from {{ ref('guardians') }}
    union all
    select 'staff', "id", "branchId" from {{ ref('staff') }}
    union all
    select 'student', "id", "branchId" from {{ ref('students') }}
) as owner
    on owner.kind = preference."ownerType"
    and owner."id" = preference."ownerId"
where preference."branchId" is null
   or owner."branchId" is null
   or owner."branchId" <> preference."branchId"
