-- A campaign whose day is past is completed, on the as-of date it is running, later it is scheduled or a draft; it may be
-- cancelled or paused instead, and only what is completed or running has messages. It is entered before it goes out.
-- A row is a campaign that does otherwise.
select "id", "status", "schedule", "createdAt", "updatedAt"
from {{ ref('campaigns') }}
where "status" not in ('cancelled', 'paused', case
        when "schedule"::date < {{ var('as_of') }} then 'completed'
        when "schedule"::date = {{ var('as_of') }} then 'running'
        else 'scheduled'
    end)
    and not ("status" = 'draft' and "schedule"::date > {{ var('as_of') }})
   or "createdAt"::date > {{ var('as_of') }}
   or "updatedAt"::date > {{ var('as_of') }}
   or "updatedAt" < "createdAt"
   or "schedule" <= "createdAt"
   or ("status" in ('completed', 'running') and "updatedAt" < "schedule")
union all
select campaign."id", campaign."status", campaign."schedule", message."createdAt", message."updatedAt"
from {{ ref('messages') }} as message
join {{ ref('campaigns') }} as campaign
    on campaign."id" = message."campaignId"
where campaign."status" not in ('completed', 'running')
   or message."createdAt" < campaign."schedule"
   or message."createdAt" > campaign."schedule" + interval '1 hour'
