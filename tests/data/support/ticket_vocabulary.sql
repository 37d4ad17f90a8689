-- Only the words that the application's services accept. A row is a word that they do not.
select 'tickets.ownerType' as what, "ownerType" as word from {{ ref('tickets') }} where "ownerType" not in ('student', 'guardian', 'staff')
union all
select 'tickets.category', "category" from {{ ref('tickets') }}
where coalesce("category", '') not in ('academic', 'fees', 'technical', 'general')
union all
select 'tickets.priority', "priority" from {{ ref('tickets') }} where "priority" not in ('low', 'normal', 'high', 'urgent')
union all
select 'tickets.status', "status" from {{ ref('tickets') }} where "status" not in ('open', 'in_progress', 'resolved', 'closed')
union all
select 'ticket_messages.authorType', "authorType" from {{ ref('ticket_messages') }}
where "authorType" not in ('student', 'guardian', 'staff')
