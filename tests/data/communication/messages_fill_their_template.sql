-- A message has its template's channel, and its payload holds a value for each of the template's placeholders.
-- A row is a message with another channel, or a name that is missing.
with names as (                      -- every placeholder of every template
    select
        template."id",
        template."channel",
        replace(split_part(trim(template."variables", '[]'), ', ', item.no::int), '"', '') as name
    from {{ ref('templates') }} as template
    cross join generate_series(1, 12) as item(no)
)

select message."id", names.name
from {{ ref('messages') }} as message
left join names
    on names."id" = message."templateId"
    and names.name <> ''
where names.name is null
   or names."channel" <> message."channel"
   or position('"' || names.name || '": ' in message."payload") = 0
   or position('"' || names.name || '": ""' in message."payload") > 0
