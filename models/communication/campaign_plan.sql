{{ config(materialized='intermediate', slice_by=['branch', 'year'], tags=['communication'], rows='40',
          lint={'function-in-join': 'some 40 occasions beside the 225 days of a year'}) }}

-- One row per campaign of an academic year that the office has entered by the as-of date: an occasion in one language.
--
-- An occasion (seed campaign_kinds) hangs on a day: the first school day from a date on, of a weekday if one is named;
-- the first day of a vacation; the first day of an examination, or that of its results; or the due date of a quarter's
-- fees. The office writes so many days before. A text in a language of the state makes a campaign of its own, in
-- English there is always one.
--
-- Rows: 20 to 40 in a year that is over. A campaign of the past is completed, one of the as-of date is running, a
-- later one is scheduled or still a draft; a few were cancelled or paused before a message went out. Estimate, all of
-- it.

with wanted as (                     -- the occasions with a date of their own, each with that from which it can be
    select
        no,
        weekday,
        make_date(
            -- a quarter's fees are due in its first month: 4, 7, 10 and 1; from January on it is the next calendar year
            {{ year.no }} + case when coalesce(month, quarter * 3 % 12 + 1) < 4 then 1 else 0 end,
            coalesce(month, quarter * 3 % 12 + 1),
            case when quarter is null then day else {{ fee_due_day() }} end
        )                                                                               as day,
        quarter is not null                                                             as is_due_date
    from {{ seed('campaign_kinds') }}
    where vacation is null
      and exam_type is null
      and first_level <= {{ branch.last_level }}
      and last_level >= {{ branch.first_level }}
),

occasions as (                       -- the day of each; for vacations its last day, for examinations the name
    -- the first school day from the date on; without one, as for a due date, the date itself
    select
        wanted.no,
        coalesce(min(open.day), min(wanted.day))                                        as day,
        null::date                                                                      as until_day,
        null::text                                                                      as exam_name
    from wanted
    left join {{ ref('school_days') }} as open
        on open.branch_no = {{ branch.no }}
        and open.year_no = {{ year.no }}
        and not wanted.is_due_date
        and open.day >= wanted.day
        and open.weekday = coalesce(wanted.weekday, open.weekday)
    group by wanted.no
    union all
    -- the vacations of the branch's zone
    select
        kind.no,
        vacation.first_day,
        vacation.last_day,
        null::text
    from {{ seed('campaign_kinds') }} as kind
    join {{ seed('vacations') }} as vacation
        on vacation.zone = {{ branch.zone }}
        and vacation.year_no = {{ year.no }}
        and vacation.name = kind.vacation
    union all
    -- the examinations, on the days of the lowest of the occasion's grades
    select distinct
        kind.no,
        case kind.purpose when 'result' then paper.results_on else paper.exam_first_day end,
        null::date,
        pattern.name || ' ' || {{ year.name }}
    from {{ seed('campaign_kinds') }} as kind
    join {{ seed('exam_patterns') }} as pattern
        on pattern.board = {{ branch.board }}
        and pattern.exam_type = kind.exam_type
    join {{ ref('exam_calendar') }} as paper
        on paper.branch_no = {{ branch.no }}
        and paper.year_no = {{ year.no }}
        and paper.exam_no = pattern.no
        and paper.level = greatest(kind.first_level, {{ branch.first_level }})
    where kind.last_level >= {{ branch.first_level }}
),

reopenings as (                      -- the first school day after each vacation
    select
        occasion.no,
        min(open.day)                                                                   as day
    from occasions as occasion
    join {{ ref('school_days') }} as open
        on open.branch_no = {{ branch.no }}
        and open.year_no = {{ year.no }}
        and open.day > occasion.until_day
    group by occasion.no
),

dated as (                           -- when the office enters the campaign, and when it is to go out, to five minutes
    select
        occasion.no,
        occasion.day,
        occasion.until_day,
        occasion.exam_name,
        {{ not_sunday('(occasion.day - kind.days_before)') }}                           as send_day,
        {{ random_int('minute', 'occasion.no', 8, 40) }}::int * 5                       as minute,
        {{ random_int('entered days before', 'occasion.no', 6, 30) }}::int              as days_entered_before,
        -- it is entered in the three hours from 09:30
        {{ random_int('second', 'occasion.no', 0, 10799) }}::int                        as entered_second,
        {{ random_int('lot', 'occasion.no', 0, 99) }}                                   as lot
    from occasions as occasion
    join {{ seed('campaign_kinds') }} as kind
        on kind.no = occasion.no
),

entered as (                         -- those that the office has entered, and what has become of them
    select
        dated.no,
        dated.day,
        dated.until_day,
        dated.exam_name,
        {{ utc_at('dated.send_day', '09:00') }} + interval '1 minute' * dated.minute    as schedule,
        {{ utc_at(not_sunday('(dated.send_day - dated.days_entered_before)'), '09:30') }}
            + interval '1 second' * dated.entered_second                                as created_at,
        case
            when dated.lot < kind.cancelled_pct then 'cancelled'
            when dated.lot < kind.cancelled_pct + kind.paused_pct then 'paused'
            when dated.send_day < {{ var('as_of') }} then 'completed'
            when dated.send_day = {{ var('as_of') }} then 'running'
            when dated.lot < kind.cancelled_pct + kind.paused_pct + kind.draft_pct then 'draft'
            else 'scheduled'
        end                                                                             as status
    from dated
    join {{ seed('campaign_kinds') }} as kind
        on kind.no = dated.no
    where {{ not_sunday('(dated.send_day - dated.days_entered_before)') }} <= {{ var('as_of') }}
),

spoken as (                          -- the languages that the schools of the state write in
    select distinct locale
    from {{ seed('message_locales') }}
    where state = {{ branch.state }}
)

select
    {{ branch.no }}                                                                     as branch_no,
    {{ year.no }}                                                                       as year_no,
    {{ campaign_n('kind.no', 'spoken.locale') }}                                        as n,
    kind.no                                                                             as kind_no,
    spoken.locale,
    kind.name,
    kind.purpose,
    kind.channel,
    kind.audience,
    kind.first_level,
    kind.last_level,
    kind.quarter,
    coalesce(kind.subject, kind.vacation)                                               as subject,
    entered.exam_name,
    kind.time                                                                           as clock_time,
    template.no                                                                         as template_n,
    entered.day,
    entered.until_day,
    reopening.day                                                                       as reopens_on,
    entered.status,
    entered.schedule,
    entered.created_at,
    case entered.status
        when 'completed'
            then entered.schedule + interval '1 minute' * {{ random_int('minutes of sending', 'kind.no', 4, 45) }}::int
        when 'running' then entered.schedule
        -- the last change was made on the day on which it was entered
        else entered.created_at + interval '1 minute' * {{ random_int('minutes of editing', 'kind.no', 3, 150) }}::int
    end                                                                                 as updated_at
from entered
join {{ seed('campaign_kinds') }} as kind
    on kind.no = entered.no
cross join spoken
join {{ seed('message_templates') }} as template
    on template.purpose = kind.purpose
    and template.channel = kind.channel
    and template.locale = spoken.locale
left join reopenings as reopening
    on reopening.no = entered.no
where spoken.locale = 'en'
   or kind.audience not in ('staff', 'students')
