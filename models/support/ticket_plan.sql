{{ config(materialized='intermediate', slice_by=['branch', 'year'], tags=['support'],
          rows=per_seat(0.19),
          lint={'total-order': 'the days after the year are none of its school days: each stands once',
                'cartesian-product': 'one principal is in post in a year'}) }}

-- One row per ticket opened in an academic year up to the as-of date: who asks, about what, who answers, and when each
-- step of the thread comes. Tickets, their messages and files are read off it.
--
-- A thread runs on working time: seconds of the days on which the branch is open, 09:00 to 15:30, counted from 1 April
-- and on into the next April. So every step falls in office hours, and later steps come later. Steps after the as-of
-- date are null, and the status follows from the steps that have come.
--
-- Rows: about one for seven families in a year, some of pupils of Class 9 and above, and of the staff. Estimate: all of
-- it, see the seeds ticket_rules (shares, in percent), ticket_topics and ticket_priorities (minutes to the first reply
-- and to the last).
--
-- In three parts: who asks and what is drawn for him (`owners` to `timed`), when each step comes (`steps` to `dated`),
-- and who answers, in which words (`handlers` to `worded`).

with working_days as (               -- the open days of the year, and those of the six weeks after it
    -- the year's own are in school_days
    select day
    from {{ ref('school_days') }}
    where branch_no = {{ branch.no }}
      and year_no = {{ year.no }}
    union all
    -- those after it are no holidays, no Sundays, and not the second Saturday of a month
    select {{ year.ends_on }} + ahead.days::int
    from generate_series(1, 45) as ahead(days)
    left join {{ seed('holidays') }} as holiday
        on holiday.state = {{ branch.state }}
        and holiday.day = {{ year.ends_on }} + ahead.days::int
    where holiday.day is null
      and extract(isodow from {{ year.ends_on }} + ahead.days::int) < 7
      and not (extract(isodow from {{ year.ends_on }} + ahead.days::int) = 6
               and extract(day from {{ year.ends_on }} + ahead.days::int) between 8 and 14)
),

calendar as (                        -- the same numbered from 0; a day has 23400 seconds of working time
    select
        day,
        (row_number() over (order by day) - 1)                                          as day_index
    from working_days
),

opening_days as materialized (       -- one row: how many of them are days on which a ticket of the year can be opened
    select count(*) as days
    from {{ ref('school_days') }}
    where branch_no = {{ branch.no }}
      and year_no = {{ year.no }}
),

owners as (                          -- who asks: a ticket about a pupil has a number below 2^26, one of the staff above
    -- for each pupil, his adults twice at most, and from Class 9 on, which is level 11, he himself
    select
        attended.n * 4 + lot.no                                                         as n,
        case lot.no when 2 then 'student' else 'guardian' end                           as owner_type,
        attended.n                                                                      as pupil_n,
        null::bigint                                                                    as staff_n,
        attended.level,
        attended.letter,
        attended.first_day,
        attended.last_day
    from {{ ref('pupil_years') }} as attended
    cross join generate_series(0, 2) as lot(no)
    cross join {{ seed('ticket_rules') }} as rule
    where attended.branch_no = {{ branch.no }}
      and attended.year_no = {{ year.no }}
      and (lot.no < 2 or attended.level >= 11)
      and {{ chance('asks', 'attended.n * 4 + lot.no',
                    'case lot.no when 2 then rule.student_pct else rule.guardian_pct end * 0.01') }}
    union all
    -- teachers and office staff; 67108864 is 2^26
    select
        67108864 + post.n,
        'staff',
        null::bigint,
        post.n,
        null::int,
        -- for a letter, the place of his post among those of its kind: for a teacher that of his team, which is no
        -- later than its letters. He has the post's number times 32, and a post its kind's times 256, and the place
        (post.n / 32 % 256)::int,
        {{ year.starts_on }},
        null::date
    from {{ ref('staff_plan') }} as post
    cross join {{ seed('ticket_rules') }} as rule
    where post.branch_no = {{ branch.no }}
      and {{ year.no }} between post.first_year and post.last_year
      and post.staff_group in ('teaching', 'office')
      and {{ chance('asks', '67108864 + post.n', 'rule.staff_pct * 0.01') }}
),

drawn as (                           -- everything that is drawn for them: day and second, topic, habits
    select
        owner.n,
        owner.owner_type,
        owner.pupil_n,
        owner.staff_n,
        owner.level,
        owner.letter,
        owner.first_day,
        owner.last_day,
        {{ random_int('day', 'owner.n', 0, 'opening.days - 1') }}                       as day_index,
        {{ random_int('second', 'owner.n', 0, 22000) }}                                 as opened_second,
        {{ random_int('days back', 'owner.n', 1, 5) }}                                  as days_back,
        {{ pick('topic', 'owner.n', 'ticket_topics') }}                                 as topic_slot,
        {{ chance('usual priority', 'owner.n', 'rule.usual_priority_pct * 0.01') }}     as has_usual_priority,
        {{ pick('priority', 'owner.n', 'ticket_priorities') }}                          as priority_slot,
        case when {{ chance('in Hindi', 'owner.n', 'rule.hindi_pct * 0.01') }} then 'hi' else 'en' end as language,
        {{ chance('other adult', 'owner.n', 'rule.other_adult_pct * 0.01') }}           as is_other_adult,
        {{ chance('unassigned', 'owner.n', 'rule.unassigned_pct * 0.01') }}             as is_unassigned,
        {{ chance('note', 'owner.n', 'rule.note_pct * 0.01') }}                         as has_note,
        {{ chance('short', 'owner.n', 'rule.short_pct * 0.01') }}                       as is_short,
        {{ chance('asks again', 'owner.n', 'rule.follow_up_pct * 0.01') }}              as has_follow_up,
        {{ chance('slow', 'owner.n', 'rule.slow_pct * 0.01') }}                         as is_slow
    from owners as owner
    cross join opening_days as opening
    cross join {{ seed('ticket_rules') }} as rule
),

timed as (                           -- with topic, priority, and the working time of opening, reply and solution
    select
        drawn.n,
        drawn.owner_type,
        drawn.pupil_n,
        drawn.staff_n,
        drawn.level,
        drawn.letter,
        drawn.first_day,
        drawn.last_day,
        drawn.language,
        drawn.is_other_adult,
        drawn.is_unassigned,
        drawn.has_note,
        drawn.is_short,
        drawn.has_follow_up and not drawn.is_short                                      as has_follow_up,
        greatest(drawn.day_index - drawn.days_back, 0)                                  as spoken_day_index,
        topic.topic,
        topic.category,
        topic.handler,
        priority.priority,
        priority.sla_hours,
        drawn.day_index * 23400 + drawn.opened_second                                   as opened,
        drawn.day_index * 23400 + drawn.opened_second
            + 60 * {{ random_int('first reply', 'drawn.n', 'priority.first_from', 'priority.first_to') }} as replied,
        -- a slow one takes four times as long, and none more than 6500 minutes, some seventeen days
        60 * least(
            {{ random_int('solution', 'drawn.n', 30, 'priority.last_to') }} * case when drawn.is_slow then 4 else 1 end,
            6500
        )                                                                               as seconds_to_solution
    from drawn
    join {{ slots('ticket_topics') }} as topic
        on topic.owner_type = drawn.owner_type
        and topic.slot = drawn.topic_slot
    join {{ slots('ticket_priorities') }} as lot
        on lot.slot = drawn.priority_slot
    join {{ seed('ticket_priorities') }} as priority
        on priority.priority = case when drawn.has_usual_priority then topic.priority else lot.priority end
),

steps as (                           -- each step of each ticket, with its working time
    select
        ticket.n,
        step.name                                                                       as step,
        case step.name
            when 'opened' then ticket.opened
            when 'first message' then ticket.opened + {{ random_int('first message', 'ticket.n', 30, 600) }}
            when 'reply' then ticket.replied
            when 'note'
                then ticket.replied
                    + ticket.seconds_to_solution * {{ random_int('note', 'ticket.n', 20, 40) }} / 100
            when 'follow-up'
                then ticket.replied
                    + ticket.seconds_to_solution * {{ random_int('follow-up', 'ticket.n', 50, 75) }} / 100
            when 'last reply'
                then ticket.replied
                    + ticket.seconds_to_solution - {{ random_int('last reply', 'ticket.n', 60, 240) }}
            when 'resolved' then ticket.replied + ticket.seconds_to_solution
            when 'closed'            -- one to four days later
                then ticket.replied
                    + ticket.seconds_to_solution + {{ random_int('closed', 'ticket.n', 23400, 93600) }}
            else ticket.spoken_day_index * 23400
        end                                                                             as working_time
    from timed as ticket
    cross join (
        values
            ('opened'), ('first message'), ('reply'), ('note'), ('follow-up'), ('last reply'), ('resolved'), ('closed'),
            ('spoken of')            -- no step: the day that the owner speaks of
    ) as step(name)
    where (step.name <> 'reply' or not ticket.is_short)
      and (step.name <> 'note' or ticket.has_note)
      and (step.name <> 'follow-up' or ticket.has_follow_up)
),

moments as (                         -- the steps that have come, with their moments: the office opens at 09:00
    select
        step.n,
        step.step,
        {{ utc_at('calendar.day', '09:00') }}
            + interval '1 second' * (step.working_time % 23400)::int                    as at
    from steps as step
    join calendar
        on calendar.day_index = step.working_time / 23400
    where calendar.day <= {{ var('as_of') }}
),

dated as (                           -- the same in one row a ticket; null for what has not come, or is not wanted
    select
        n,
        max(case when step = 'opened' then at end)                                      as opened_at,
        max(case when step = 'first message' then at end)                               as first_message_at,
        max(case when step = 'reply' then at end)                                       as replied_at,
        max(case when step = 'note' then at end)                                        as noted_at,
        max(case when step = 'follow-up' then at end)                                   as followed_up_at,
        max(case when step = 'last reply' then at end)                                  as answered_at,
        max(case when step = 'resolved' then at end)                                    as resolved_at,
        max(case when step = 'closed' then at end)                                      as closed_at,
        max(case when step = 'spoken of' then at end)::date                             as spoken_day
    from moments
    group by n
),

letters as (                         -- each section letter, with how many sections there are before it and up to it
    select
        letter.no                                                                       as letter,
        letter.no * ({{ branch.last_level }} - {{ branch.first_level }} + 1)            as sections_before,
        (letter.no + 1) * ({{ branch.last_level }} - {{ branch.first_level }} + 1)      as sections
    from generate_series(0, {{ sections_per_grade() }} - 1) as letter(no)
),

handlers as (                        -- which post of the office answers for a letter: no later letter changes it
    select
        role.designation                                                                as handler,
        letter.letter,
        case                         -- where the school is too small for the post, a clerk does its work
            when letter.sections >= role.min_sections
                then {{ post_n('role.no', 'coalesce(letter.sections_before / role.sections_per_post, 0)',
                               teaches=false) }}
            else {{ post_n('clerk.no', 'letter.sections_before / clerk.sections_per_post', teaches=false) }}
        end                                                                             as post_n
    from {{ seed('staff_roles') }} as role
    cross join letters as letter
    join {{ seed('staff_roles') }} as clerk
        on clerk.designation = 'Clerk'
    where role.designation in (
        'Principal', 'Accountant', 'Clerk', 'IT Administrator', 'Librarian', 'Transport Supervisor'
    )
),

in_post as (                         -- who holds each post in the year; staff_plan numbers 32 holders for a post
    select
        n,
        n / 32                                                                          as post_n,
        designation,
        homeroom_level,
        homeroom_letter
    from {{ ref('staff_plan') }}
    where branch_no = {{ branch.no }}
      and {{ year.no }} between first_year and last_year
),

principal as (                       -- one row
    select n
    from in_post
    where designation = 'Principal'
),

people as (                          -- each ticket with the keys of the pupil or the member of staff
    select
        n,
        owner_type,
        is_other_adult,
        level,
        letter,
        pupil_n,
        {{ key_of('students', 'pupil_n') }}                                             as student_id,
        {{ key_of('staff', 'staff_n') }}                                                as staff_id
    from timed
),

worded as (                          -- whom and which class the texts name, and which adult of the family asks
    select
        ticket.n,
        case ticket.owner_type
            when 'staff' then colleague."firstName"
            else student."firstName"
        end                                                                             as child,
        case ticket.owner_type
            when 'staff' then colleague."designation"
            else grade.name || ' ' || ({{ section_name('ticket.letter') }})
        end                                                                             as class,
        student."gender"                                                                as gender,
        case                         -- 0 the father, 1 the mother, 2 another guardian
            when family.family_n is null then null
            when family.first_contact = 'guardian' then 2
            -- the other parent, if there is one
            when family.first_contact = 'father' and not (ticket.is_other_adult and family.has_mother) then 0
            when family.first_contact = 'mother' and ticket.is_other_adult and family.has_father then 0
            else 1
        end                                                                             as role_no,
        family.family_n
    from people as ticket
    left join {{ ref('students') }} as student
        on student."branchId" = {{ branch.id }}
        and student."id" = ticket.student_id
    left join {{ ref('staff') }} as colleague
        on colleague."branchId" = {{ branch.id }}
        and colleague."id" = ticket.staff_id
    left join {{ seed('grades') }} as grade
        on grade.level = ticket.level
    left join {{ ref('pupils') }} as pupil
        on pupil.branch_no = {{ branch.no }}
        and pupil.n = ticket.pupil_n
    left join {{ ref('families') }} as family
        on family.branch_no = {{ branch.no }}
        and family.family_n = pupil.family_n
)

select
    {{ branch.no }}                                                                     as branch_no,
    {{ year.no }}                                                                       as year_no,
    ticket.n,
    ticket.owner_type,
    case ticket.owner_type
        when 'guardian' then {{ guardian_n('worded.family_n', 'worded.role_no') }}
        when 'student' then ticket.pupil_n
        else ticket.staff_n
    end                                                                                 as owner_n,
    ticket.topic,
    ticket.category,
    ticket.priority,
    ticket.language,
    case
        -- until the staff writes: an answer can stand since the afternoon of the as-of date, settled the next morning
        when ticket.is_unassigned and coalesce(dated.replied_at, dated.noted_at, dated.answered_at) is null then null
        when coalesce(class_teacher.n, clerk.n) = ticket.staff_n then principal.n    -- nobody answers himself
        else coalesce(class_teacher.n, clerk.n)
    end                                                                                 as assignee_n,
    case
        when dated.closed_at is not null then 'closed'
        when dated.resolved_at is not null then 'resolved'
        when coalesce(dated.replied_at, dated.noted_at, dated.answered_at) is not null then 'in_progress'
        else 'open'
    end                                                                                 as status,
    dated.opened_at,
    dated.opened_at + interval '1 hour' * ticket.sla_hours                              as due_at,
    dated.first_message_at,
    dated.replied_at,
    dated.noted_at,
    dated.followed_up_at,
    dated.answered_at,
    dated.resolved_at,
    dated.closed_at,
    worded.child                                                                        as child_text,
    worded.class                                                                        as class_text,
    case
        when ticket.owner_type <> 'guardian' then worded.child
        when ticket.language = 'hi'
            then case
                when worded.role_no = 2 and worded.gender = 'female' then 'हमारी बच्ची '
                when worded.role_no = 2 then 'हमारे बच्चे '
                when worded.gender = 'female' then 'मेरी बेटी '
                else 'मेरे बेटे '
            end || worded.child
        else case
                when worded.role_no = 2 then 'my ward '
                when worded.gender = 'female' then 'my daughter '
                else 'my son '
            end || worded.child
    end                                                                                 as my_text,
    extract(day from dated.spoken_day)::int || ' '
        || case ticket.language when 'hi' then month.hi else month.en end               as date_text,
    'Q' || case                      -- the quarters begin in April, July, October and January
        when extract(month from dated.opened_at)::int < 4 then 4
        else (extract(month from dated.opened_at)::int - 1) / 3
    end                                                                                 as quarter_text,
    case                             -- every class has English, and Class 1 to 10 Mathematics
        when coalesce(ticket.level, 0) between 3 and 12 and {{ chance('about Mathematics', 'ticket.n', 0.55) }}
            then case ticket.language when 'hi' then 'गणित' else 'Mathematics' end
        else case ticket.language when 'hi' then 'अंग्रेज़ी' else 'English' end
    end                                                                                 as subject_text,
    (50 * {{ random_int('amount', 'ticket.n', 1, 12) }})::text                          as amount_text,
    {{ random_int('number', 'ticket.n', 2, 5) }}::text                                  as no_text,
    (
        100 * {{ random_int('floor', 'ticket.n', 1, 3) }} + {{ random_int('room', 'ticket.n', 1, 12) }}
    )::text                                                                             as room_text,
    {{ random_int('route', 'ticket.n', 1, 24) }}::text                                  as route_text
from timed as ticket
join dated                           -- a ticket counts from its first message, while the pupil is here
    on dated.n = ticket.n
    and dated.first_message_at is not null
    and dated.opened_at::date >= ticket.first_day
    and dated.opened_at::date <= coalesce(ticket.last_day, dated.opened_at::date)
join worded
    on worded.n = ticket.n
join {{ seed('month_names') }} as month
    on month.month = extract(month from dated.spoken_day)::int
cross join principal
left join in_post as class_teacher
    on class_teacher.homeroom_level = ticket.level
    and class_teacher.homeroom_letter = ticket.letter
    and ticket.handler = 'class teacher'
left join handlers
    on handlers.handler = ticket.handler
    and handlers.letter = ticket.letter
left join in_post as clerk
    on clerk.post_n = handlers.post_n
