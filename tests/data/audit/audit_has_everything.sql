-- The log has logins, reports, changes and refused requests, but refused ones are few. A row is what is missing or too
-- much; a log of less than 100 entries may lack a kind.
with counts as (
    select
        count(*) as entries,
        count(*) filter (where "action" = 'LOGIN') as logins,
        count(*) filter (where "action" = 'EXPORT') as reports,
        count(*) filter (where "action" in ('CREATE', 'UPDATE', 'APPROVE', 'REJECT')) as changes,
        count(*) filter (where "statusCode" >= 400) as refused
    from {{ ref('audit_logs') }}
)

select entries, logins, reports, changes, refused
from counts
where entries > 100
  and (logins = 0 or reports = 0 or changes = 0 or refused = 0 or refused * 10 > entries)
