-- About 93 in 100 messages are delivered, 4 are sent without a report, 2 to 3 fail, of various causes; what is pending is
-- of the last days. The bounds are three points around, wider for few messages.
-- A row is a status with a share beyond its bounds, or an error that takes more than half of the failures of all channels.
with counted as (
    select "status", count(*) as messages
    from {{ ref('messages') }}
    where "createdAt"::date < {{ var('as_of') }} - 1
    group by "status"
),

shares as (
    select
        expected.status,
        expected.share,
        coalesce(counted.messages, 0)::double precision / total.messages as found,
        0.03 + 4 * sqrt(expected.share * (1 - expected.share) / total.messages) as slack
    from (values
        ('delivered', 0.93::double precision), ('sent', 0.04::double precision),
        ('failed', 0.025::double precision), ('pending', 0.0::double precision)
    ) as expected(status, share)
    cross join (select sum(messages)::double precision as messages from counted) as total
    left join counted
        on counted."status" = expected.status
    where total.messages > 0
)

select status as what, found
from shares
where abs(found - share) > slack
union all
select one."error", one.messages::double precision / total.messages
from (
    select "error", count(*) as messages
    from {{ ref('messages') }}
    where "status" = 'failed'
    group by "error"
) as one
cross join (select count(*) as messages from {{ ref('messages') }} where "status" = 'failed') as total
where total.messages >= 40
  and one.messages * 2 > total.messages
