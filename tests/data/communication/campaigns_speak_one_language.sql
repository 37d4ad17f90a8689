-- A campaign's audienceQuery names the channel and the language of its template, and a year of the branch; its messages
-- have its template and channel.
-- A row is a campaign or message that does not agree.
select 'campaign' as what, campaign."id"
from {{ ref('campaigns') }} as campaign
join {{ ref('templates') }} as template
    on template."id" = campaign."templateId"
left join {{ ref('academic_years') }} as year
    on year."branchId" = campaign."branchId"
    and year."name" = campaign."audienceQuery"::jsonb ->> 'academicYear'
where template."channel" <> campaign."audienceQuery"::jsonb ->> 'consent'
   or template."locale" <> campaign."audienceQuery"::jsonb ->> 'locale'
   or year."id" is null
   or campaign."schedule"::date < year."startDate"::date
   or campaign."schedule"::date > year."endDate"::date
union all
select 'message', message."id"
from {{ ref('messages') }} as message
join {{ ref('campaigns') }} as campaign
    on campaign."id" = message."campaignId"
where message."templateId" <> campaign."templateId"
