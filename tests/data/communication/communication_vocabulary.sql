-- Channels, statuses, languages and owners are words that the application's services accept; all that they need is filled.
-- A row is a table's wrong word.
select 'templates.channel' as what, "channel" as word from {{ ref('templates') }}
where "channel" not in ('sms', 'email', 'push', 'whatsapp')
union all
select 'templates.locale', "locale" from {{ ref('templates') }} where "locale" not in ('en', 'hi', 'bn', 'mr')
union all
select 'campaigns.status', "status" from {{ ref('campaigns') }}
where "status" not in ('draft', 'scheduled', 'running', 'completed', 'paused', 'cancelled')
union all
select 'campaigns.templateId or schedule', coalesce("templateId", 'no template') from {{ ref('campaigns') }}
where "templateId" is null or "schedule" is null
union all
select 'messages.channel', "channel" from {{ ref('messages') }} where "channel" not in ('sms', 'email', 'push', 'whatsapp')
union all
select 'messages.status', "status" from {{ ref('messages') }} where "status" not in ('pending', 'sent', 'delivered', 'failed')
union all
select 'preferences.ownerType', "ownerType" from {{ ref('preferences') }}
where "ownerType" not in ('student', 'guardian', 'staff')
union all
select 'preferences.channel', "channel" from {{ ref('preferences') }}
where "channel" not in ('sms', 'email', 'push', 'whatsapp')
