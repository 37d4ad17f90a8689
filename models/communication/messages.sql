{{ config(table='Message', slice_by=['branch', 'year'], tags=['communication'],
          rows=per_seat(6)) }}

-- One row per message to a guardian, a member of staff or a pupil, each with the event that caused it.
--
-- Messages of a campaign take its channel and text. All others go by a channel that the recipient allows, the purpose's
-- usual one if possible, in his language if there is such a text. Nothing is sent in his quiet hours, e-mail excepted:
-- it waits until they end. On the as-of date a few still wait; all others were sent, most are known to be delivered,
-- some failed. payload holds what the text's placeholders stand for, as JSON.
--
-- Rows: those of campaign_notices, fee_notices and absence_notices, less the few whose recipient allows no channel at
-- all.
-- Fact: the forms of the providers' errors. Estimate: all shares. Ids, tokens and addresses are invented.

with causes as (                     -- what the school wrote about: campaigns, fees, absence
    select n, purpose, campaign_n, contact_n, raised_at, payload
    from {{ ref('campaign_notices') }}
    where branch_no = {{ branch.no }}
      and year_no = {{ year.no }}
    union all
    select n, purpose, campaign_n, contact_n, raised_at, payload
    from {{ ref('fee_notices') }}
    where branch_no = {{ branch.no }}
      and year_no = {{ year.no }}
    union all
    select n, purpose, campaign_n, contact_n, raised_at, payload
    from {{ ref('absence_notices') }}
    where branch_no = {{ branch.no }}
      and year_no = {{ year.no }}
),

notices as (                         -- the same with the number to draw by
    select
        n,
        -- a draw wants a number below 2^32 = 4294967296: this folds n, which is below 2^39, so that its upper bits
        -- count; 2654435761 is the odd number by which they are usually spread
        (n % 4294967296 + n / 4294967296 * 2654435761) % 4294967296                     as lot,
        purpose,
        campaign_n,
        contact_n,
        raised_at,
        payload
    from causes
    offset 0                         -- a fence: PostgreSQL would fold the number again for every draw
),

addressed as (                       -- with the recipient, the campaign, and by which channel he is written to
    select
        notice.n,
        notice.lot,
        notice.purpose,
        notice.campaign_n,
        notice.raised_at,
        notice.payload,
        campaign.template_n                                                             as campaign_template_n,
        case
            when campaign.channel is not null then campaign.channel
            when {{ allows('contact', 'usual.channel') }} then usual.channel
            when contact.by_sms then 'sms'
            when contact.by_whatsapp then 'whatsapp'
            when contact.by_email then 'email'
        end                                                                             as channel,
        contact.owner_id,
        contact.telephone,
        contact.email,
        contact.locale,
        contact.quiet_from,
        contact.quiet_until
    from notices as notice
    join {{ ref('contacts') }} as contact
        on contact.branch_no = {{ branch.no }}
        and contact.contact_n = notice.contact_n
    left join {{ ref('campaign_plan') }} as campaign
        on campaign.branch_no = {{ branch.no }}
        and campaign.year_no = {{ year.no }}
        and campaign.n = notice.campaign_n
    left join {{ slots('message_channels') }} as usual
        on usual.purpose = notice.purpose
        and usual.slot = {{ pick('channel', 'notice.lot', 'message_channels') }}
    offset 0                         -- a fence: the channel is chosen once
),

tried as (                           -- those that can be sent: where to, when first tried, where the outcome falls
    select
        message.n,
        message.lot,
        message.purpose,
        message.channel,
        message.campaign_n,
        message.campaign_template_n,
        message.locale,
        message.payload,
        message.raised_at,
        message.owner_id,
        case message.channel
            when 'email' then message.email
            when 'push' then 'fcm:' || md5(message.owner_id || ' device')
            else message.telephone
        end                                                                             as address,
        case when message.channel <> 'email' then message.quiet_from end                as quiet_from,
        message.quiet_until,
        message.raised_at
            + interval '1 second'
                * {{ random_int('queue', 'message.lot', 1, 'custom.queue_seconds') }}::int as tried_at,
        custom.receipt_seconds,
        custom.retry_seconds,
        {{ chance('queued', 'message.lot', 'custom.queued_pct * 0.01') }}               as is_queued,
        {{ pick('outcome', 'message.lot', 'message_outcomes') }}                        as outcome_slot,
        {{ pick('error', 'message.lot', 'message_errors') }}                            as error_slot
    from addressed as message
    cross join {{ seed('message_customs') }} as custom
    where message.channel is not null
      and message.raised_at < {{ var('as_of') }} + 1
    offset 0                         -- a fence: the token of an app's address and the draws are made once
),

clocked as (                         -- the same with the minute of the day in India, 330 minutes ahead of UTC, of 1440
    select
        n,
        lot,
        purpose,
        channel,
        campaign_n,
        campaign_template_n,
        locale,
        payload,
        raised_at,
        address,
        receipt_seconds,
        retry_seconds,
        is_queued,
        outcome_slot,
        error_slot,
        quiet_from,
        quiet_until,
        tried_at,
        ((extract(hour from tried_at) * 60 + extract(minute from tried_at))::int + 330) % 1440 as minute
    from tried
    offset 0                         -- fences, here and below: else minute and moment are made anew wherever they stand
),

timed as (                           -- the same after the quiet hours, if it came in them; they may go past midnight
    select
        n,
        lot,
        purpose,
        channel,
        campaign_n,
        campaign_template_n,
        locale,
        payload,
        raised_at,
        address,
        receipt_seconds,
        retry_seconds,
        is_queued and raised_at >= {{ var('as_of') }}                                   as is_queued,
        outcome_slot,
        error_slot,
        tried_at + interval '1 minute' * case
            when case
                    when quiet_from < quiet_until then minute >= quiet_from and minute < quiet_until
                    else minute >= quiet_from or minute < quiet_until
                end then (quiet_until - minute + 1440) % 1440
            else 0
        end                                                                             as tried_at
    from clocked
    offset 0
),

outcomes as (                        -- how it stands on the as-of date
    select
        message.n,
        message.lot,
        message.purpose,
        message.channel,
        message.campaign_n,
        message.campaign_template_n,
        message.locale,
        message.payload,
        message.raised_at,
        message.address,
        message.receipt_seconds,
        message.retry_seconds,
        message.tried_at,
        message.error_slot,
        -- what the provider's own number is made of
        md5({{ branch.id }} || {{ year.no }} || ' ' || message.channel || ' ' || message.n) as token,
        case
            when message.is_queued or message.tried_at >= {{ var('as_of') }} + 1 then 'pending'
            else outcome.status
        end                                                                             as status
    from timed as message
    join {{ slots('message_outcomes') }} as outcome
        on outcome.channel = message.channel
        and outcome.slot = message.outcome_slot
),

wordings as materialized (           -- the branch's texts with keys; materialized: a key is made once for each
    select
        no,
        purpose,
        channel,
        locale,
        {{ key_of('templates', 'no') }}                                                 as id
    from {{ seed('message_templates') }}
)

select
    {{ key('message.n') }}                                                              as "id",
    {{ branch.id }}                                                                     as "branchId",
    message.channel                                                                     as "channel",
    message.address                                                                     as "to",
    coalesce(of_campaign.id, own.id, english.id)                                        as "templateId",
    {{ key_of('campaigns', 'message.campaign_n') }}                                     as "campaignId",
    message.payload                                                                     as "payload",
    message.status                                                                      as "status",
    case
        when message.status = 'pending' or (message.status = 'failed' and failure.before_sending) then null
        when message.channel = 'sms' then 'SM' || message.token
        when message.channel = 'whatsapp' then 'wamid.' || upper(message.token)
        when message.channel = 'email' then '<' || message.token || '@mail.example.net>'
        else 'projects/' || {{ branch.id }} || '/messages/' || message.token
    end                                                                                 as "providerId",
    case when message.status = 'failed' then failure.error end                          as "error",
    case when message.status in ('sent', 'delivered') then message.tried_at end::timestamp(3) as "sentAt",
    message.raised_at::timestamp(3)                                                     as "createdAt",
    -- the day of the as-of date is the last
    least(
        case message.status
            when 'pending' then message.raised_at
            when 'sent' then message.tried_at + interval '1 second'
            when 'delivered'
                then message.tried_at + interval '1 second'
                    * {{ random_int('receipt', 'message.lot', 2, 'message.receipt_seconds') }}::int
            else message.tried_at + interval '1 second'
                    * {{ random_int('retries', 'message.lot', 20, 'message.retry_seconds') }}::int
        end,
        {{ var('as_of') }} + interval '86399 seconds'
    )::timestamp(3)                                                                     as "updatedAt"
from outcomes as message
left join {{ slots('message_errors') }} as failure
    on failure.channel = message.channel
    and failure.slot = message.error_slot
left join wordings as of_campaign
    on of_campaign.no = message.campaign_template_n
left join wordings as own
    on own.purpose = message.purpose
    and own.channel = message.channel
    and own.locale = message.locale
left join wordings as english
    on english.purpose = message.purpose
    and english.channel = message.channel
    and english.locale = 'en'
