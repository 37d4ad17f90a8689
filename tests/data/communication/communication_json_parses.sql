-- Template.variables, Campaign.audienceQuery and Message.payload are JSON: a list of names, and objects with what the
-- application looks for. Text that is no JSON at all stops the query with an error, which is a failure too.
-- A row is a document without what it must have.
select 'templates' as model, "id", "variables" as document
from {{ ref('templates') }}
where "variables" is null
   or ("variables"::jsonb ->> 0) is null
union all
select 'campaigns', "id", "audienceQuery"
from {{ ref('campaigns') }}
where "audienceQuery" is null
   or coalesce("audienceQuery"::jsonb ->> 'audience', '') not in ('guardians', 'students', 'staff')
   or ("audienceQuery"::jsonb ->> 'academicYear') is null
   or ("audienceQuery"::jsonb ->> 'consent') is null
union all
select 'messages', "id", "payload"
from {{ ref('messages') }}
where "payload" is null
   or coalesce("payload"::jsonb ->> 'name', '') = ''
