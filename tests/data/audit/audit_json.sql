-- oldData and newData are JSON objects of texts and whole numbers. This is a pattern, not a parser, and stricter than
-- JSON: no escapes, no nesting. A row is an entry that does not follow it.
select "id", "oldData", "newData"
from {{ ref('audit_logs') }}
where not coalesce("oldData", '{"a": 1}') ~ '^[{]("[A-Za-z]+": ("[^"\\]*"|[0-9]+), )*"[A-Za-z]+": ("[^"\\]*"|[0-9]+)[}]$'
   or not coalesce("newData", '{"a": 1}') ~ '^[{]("[A-Za-z]+": ("[^"\\]*"|[0-9]+), )*"[A-Za-z]+": ("[^"\\]*"|[0-9]+)[}]$'
