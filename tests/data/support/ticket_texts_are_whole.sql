-- No word is left to be filled in, and no text is empty. A row is a text with a gap.
with texts as (
    select "id" as id, "subject" as text from {{ ref('tickets') }}
    union all
    select "id", "description" from {{ ref('tickets') }}
    union all
    select "id", "content" from {{ ref('ticket_messages') }}
)

select id, text
from texts
where length(text) < 8
   or position('{' in text) > 0
   or position('}' in text) > 0
