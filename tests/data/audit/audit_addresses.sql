-- Addresses are of the blocks kept for documentation (RFC 5737). A row is an entry from elsewhere.
select "id", "ipAddress"
from {{ ref('audit_logs') }}
where not coalesce("ipAddress", '') ~ '^(192[.]0[.]2|198[.]51[.]100|203[.]0[.]113)[.][0-9]+$'
   or split_part("ipAddress", '.', 4)::int not between 1 and 254
