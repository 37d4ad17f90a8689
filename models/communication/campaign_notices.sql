{{ config(materialized='intermediate', slice_by=['branch', 'year'], tags=['communication'],
          rows=per_seat(4),
          lint={'cartesian-product': 'each message for the staff goes to everybody who is in post'}) }}

-- One row per message of a campaign that went out by the as-of date, but for the fee reminders, which are in
-- fee_notices.
--
-- Who gets it, if he allows the campaign's channel: for each pupil of the grades the family's first contact; for
-- families the first contact once; new pupils' first contact; the pupils themselves; or the staff of the year. A family
-- that reads another language gets the campaign in it, if there is one.
--
-- Rows: some five per pupil in a year that is over. Estimate: the occasions, and that a campaign takes twenty minutes
-- to go out (seed message_customs).

with sent as materialized (          -- the occasions that have gone out, each with its campaign in English
    select
        kind_no,
        purpose,
        channel,
        audience,
        first_level,
        last_level,
        n,
        schedule
    from {{ ref('campaign_plan') }}
    where branch_no = {{ branch.no }}
      and year_no = {{ year.no }}
      and locale = 'en'
      and status in ('completed', 'running')
      and audience <> 'fee payers'
),

grades as materialized (             -- the same by grade level
    select
        sent.kind_no,
        sent.purpose,
        sent.channel,
        sent.audience,
        sent.n,
        sent.schedule,
        grade.level
    from sent
    join {{ seed('grades') }} as grade
        on grade.level >= sent.first_level
        and grade.level <= sent.last_level
    where sent.audience <> 'staff'
),

meant as (                           -- who is meant: person and, unless it is all the same to the family, pupil
    -- for each pupil the family's first contact, or the pupil himself
    select
        grade.kind_no,
        grade.channel,
        grade.n                                                                         as english_n,
        case grade.audience
            when 'students' then {{ contact_n('2', 'pupil.n') }}
            else pupil.contact_n
        end                                                                             as contact_n,
        pupil.n                                                                         as pupil_n
    from grades as grade
    join {{ ref('pupil_contacts') }} as pupil
        on pupil.branch_no = {{ branch.no }}
        and pupil.year_no = {{ year.no }}
        and pupil.level = grade.level
    where grade.audience <> 'families'
      and (pupil.is_new or grade.audience <> 'new pupils')
      and pupil.first_day <= grade.schedule::date
      and coalesce(pupil.last_day, grade.schedule::date) >= grade.schedule::date
    union all
    -- once for each family
    select distinct
        grade.kind_no,
        grade.channel,
        grade.n,
        pupil.contact_n,
        null::bigint
    from grades as grade
    join {{ ref('pupil_contacts') }} as pupil
        on pupil.branch_no = {{ branch.no }}
        and pupil.year_no = {{ year.no }}
        and pupil.level = grade.level
    where grade.audience = 'families'
      and pupil.first_day <= grade.schedule::date
      and coalesce(pupil.last_day, grade.schedule::date) >= grade.schedule::date
    union all
    -- each member of the staff
    select
        sent.kind_no,
        sent.channel,
        sent.n,
        {{ contact_n('1', 'post.n') }},
        null::bigint
    from sent
    cross join {{ ref('staff_plan') }} as post
    where sent.audience = 'staff'
      and post.branch_no = {{ branch.no }}
      and {{ year.no }} between post.first_year and post.last_year
),

reached as (                         -- those who allow the channel, with the campaign in their language, if any
    select
        meant.kind_no,
        -- a campaign speaks of a pupil, or to a person: his number, below 2^28
        coalesce(meant.pupil_n, meant.contact_n)                                        as about_n,
        meant.contact_n,
        meant.pupil_n,
        contact.name,
        contact.owner_id,
        coalesce(own.n, meant.english_n)                                                as campaign_n
    from meant
    join {{ ref('contacts') }} as contact
        on contact.branch_no = {{ branch.no }}
        and contact.contact_n = meant.contact_n
    left join {{ ref('campaign_plan') }} as own
        on own.branch_no = {{ branch.no }}
        and own.year_no = {{ year.no }}
        and own.kind_no = meant.kind_no
        and own.locale = contact.locale
    where {{ allows('contact', 'meant.channel') }}
)

select
    {{ branch.no }}                                                                     as branch_no,
    {{ year.no }}                                                                       as year_no,
    -- a kind of campaign has 2^28 = 268435456 numbers
    {{ message_n('1', 'reached.kind_no::bigint * 268435456 + reached.about_n') }}       as n,
    campaign.purpose,
    campaign.n                                                                          as campaign_n,
    reached.contact_n,
    -- a hash wants a number below 2^32 = 4294967296: 67108859, a prime below 2^26, folds the message's own; the hash,
    -- itself below 2^32, is then scaled to the seconds that a campaign takes
    campaign.schedule + interval '1 second' * (
        {{ hash('turn', '(reached.kind_no::bigint * 67108859 + reached.about_n) % 4294967296') }}
            * custom.spread_seconds / 4294967296
    )::int                                                                              as raised_at,
    case campaign.purpose
        when 'welcome'
            then {{ json_object([
                ['name', json_text('reached.name')],
                ['studentName', json_text('pupil.student_name')],
                ['className', json_text('pupil.class_name')],
                ['admissionNo', json_text('pupil.admission_no')],
                ['studentId', json_text('pupil.student_id')],
            ]) }}
        when 'ptm'
            then {{ json_object([
                ['name', json_text('reached.name')],
                ['studentName', json_text('pupil.student_name')],
                ['className', json_text('pupil.class_name')],
                ['eventDate', json_text('campaign.day::text')],
                ['time', json_text('campaign.clock_time')],
                ['studentId', json_text('pupil.student_id')],
            ]) }}
        when 'exam_timetable'
            then {{ json_object([
                ['name', json_text('reached.name')],
                ['studentName', json_text('pupil.student_name')],
                ['className', json_text('pupil.class_name')],
                ['examName', json_text('campaign.exam_name')],
                ['startDate', json_text('campaign.day::text')],
                ['studentId', json_text('pupil.student_id')],
            ]) }}
        when 'result'
            then {{ json_object([
                ['name', json_text('reached.name')],
                ['studentName', json_text('pupil.student_name')],
                ['className', json_text('pupil.class_name')],
                ['examName', json_text('campaign.exam_name')],
                ['studentId', json_text('pupil.student_id')],
            ]) }}
        when 'holiday'
            then {{ json_object([
                ['name', json_text('reached.name')],
                ['holidayName', json_text('campaign.subject')],
                ['fromDate', json_text('campaign.day::text')],
                ['toDate', json_text('campaign.until_day::text')],
                ['reopenDate', json_text('campaign.reopens_on::text')],
            ]) }}
        else {{ json_object([
                ['name', json_text('reached.name')],
                ['subject', json_text('campaign.subject')],
                ['eventDate', json_text('campaign.day::text')],
            ]) }}
    end                                                                                 as payload
from reached
join {{ ref('campaign_plan') }} as campaign
    on campaign.branch_no = {{ branch.no }}
    and campaign.year_no = {{ year.no }}
    and campaign.n = reached.campaign_n
left join {{ ref('pupil_contacts') }} as pupil
    on pupil.branch_no = {{ branch.no }}
    and pupil.year_no = {{ year.no }}
    and pupil.n = reached.pupil_n
cross join {{ seed('message_customs') }} as custom
