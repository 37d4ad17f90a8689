-- Most people allow most channels, and nearly all allow sms. Bounds are five points around what the seed says, wider for few.
-- A row is a channel with another share, over all guardians.
with shares as (
    select
        "channel",
        count(*)::double precision as asked,
        count(*) filter (where "consent")::double precision / count(*) as allowed
    from {{ ref('preferences') }}
    where "ownerType" = 'guardian'
    group by "channel"
)

select share."channel", share.allowed
from shares as share
join (values
    ('sms', 0.97::double precision), ('whatsapp', 0.86::double precision),
    ('email', 0.69::double precision), ('push', 0.45::double precision)
) as expected(channel, share)
    on expected.channel = share."channel"
where abs(share.allowed - expected.share) > 0.05 + 4 * sqrt(expected.share * (1 - expected.share) / share.asked)
