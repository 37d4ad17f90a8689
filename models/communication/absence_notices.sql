{{ config(materialized='intermediate', slice_by=['branch', 'year'], tags=['communication', 'attendance'],
          rows=per_seat(1),
          lint={'integer-division': 'a threshold among 2^32 draws: what is dropped is less than a hundred of them',
                'function-in-join': 'at most 27 fortnights of a year beside each pupil'}) }}

-- One row per message that a pupil was marked absent or came late: sent on the same day to the family's first contact.
-- Rows: the register's absences and late arrivals of the last days before the as-of date, for so many days as the seed
-- notice_rules keeps them; older ones are not kept. Leave that was asked for (excused) needs no notice.
-- Estimate: for how long notices are kept, and when in the morning they go out.
--
-- The register has millions of rows, so it is not read: the steps from `attending` to `marks` are its own, for the days
-- of which notices are kept, and so say the same: see attendance_records.

with kept as (                       -- how far back the notices go whose time is longest
    select max(days_kept)                                                               as days
    from {{ seed('notice_rules') }}
    where purpose in ('absent', 'late')
),

days as (                            -- the school days for which notices are kept
    select
        open.day_no,
        open.day
    from {{ ref('school_days') }} as open
    cross join kept
    where open.branch_no = {{ branch.no }}
      and open.year_no = {{ year.no }}
      and open.day between {{ var('as_of') }} - kept.days and {{ var('as_of') }}
),

{{ roll_call(days='days', is_cut=false) }},

marked as (                          -- those who were not there when the roll was called
    select
        mark.n,
        {{ who_of_day('mark.n') }}                                                      as pupil_n,
        day.day,
        mark.status
    from marks as mark
    join days as day
        on day.day_no = {{ day_no_of('mark.n') }}
    where mark.status in ('absent', 'late')
)

select
    {{ branch.no }}                                                                     as branch_no,
    {{ year.no }}                                                                       as year_no,
    {{ message_n('4', 'marked.n') }}                                                    as n,
    marked.status                                                                       as purpose,
    null::bigint                                                                        as campaign_n,
    pupil.contact_n,
    -- so many minutes after the roll is called at half past eight
    {{ utc_at('marked.day', '08:30') }}
        + interval '1 minute' * {{ random_int('minutes', 'marked.n', 'rule.first_minute', 'rule.last_minute') }}::int
        + interval '1 second' * {{ random_int('seconds', 'marked.n', 0, 59) }}::int     as raised_at,
    {{ json_object([
        ['name', json_text('pupil.contact_name')],
        ['studentName', json_text('pupil.student_name')],
        ['className', json_text('pupil.class_name')],
        ['date', json_text('marked.day::text')],
        ['studentId', json_text('pupil.student_id')],
    ]) }}                                                                               as payload
from marked
join {{ seed('notice_rules') }} as rule
    on rule.purpose = marked.status
join {{ ref('pupil_contacts') }} as pupil
    on pupil.branch_no = {{ branch.no }}
    and pupil.year_no = {{ year.no }}
    and pupil.n = marked.pupil_n
where marked.day > {{ var('as_of') }} - rule.days_kept
