{{ config(table='AuditLog', slice_by=['branch', 'year'], tags=['audit'],
          rows=per_seat(2.2)) }}

-- One row per request to the application that the log keeps: who did what to which row, from where, and how it ended.
--
-- Kinds 1 to 10 are events known from other tables: their entityId is that row's, old and new data are values that it
-- had and has, and the time is the event's. Kind 11, a visit, is a login, a report or a refused request, which leaves
-- no row (seed audit_requests).
--
--      1  an application is answered       5  a ticket is taken up              9  an invoice is issued
--      2  a newcomer is entered            6  it is resolved                   10  a class teacher sends in the roll
--      3  his enrollment is entered        7  it is closed                     11  a visit
--      4  a leaver is no longer active     8  cash or a cheque is taken
--
-- Rows: some two for a pupil in a year; payments, invoices and rolls are a sample. A row number is the kind times 2^32
-- and the number of what the row is about. Estimate: the shares, durations and devices (seeds audit_*). Addresses are
-- of the blocks that RFC 5737 keeps for documentation.
--
-- In order: the staff; what happened, kind by kind; `events`, all that in one form; `requests`, as the server saw them;
-- and what network and browser add.

with in_post as (                    -- the staff of the year
    select
        n,
        -- n is the post's number times 32 and the holder's turn; the post's low 8 bits are its place among the posts
        -- of the role (macro post_n): 0 is the first Clerk's
        n / 32 % 256                                                                    as place,
        designation,
        staff_group,
        homeroom_level,
        homeroom_letter,
        first_year
    from {{ ref('staff_plan') }}
    where branch_no = {{ branch.no }}
      and {{ year.no }} between first_year and last_year
),

machines as (                        -- where each mostly works: a desk's address, its browser, and his telephone
    select
        n,
        {{ key_of('staff', 'n') }}                                                      as staff_id,
        {{ random_int('desk', 'n', 2, 250, by=['branch']) }}                            as desk_no,
        {{ pick('browser', 'n', 'user_agents', by=['branch']) }}                        as desk_agent_slot,
        {{ pick('telephone', 'n', 'user_agents') }}                                     as phone_agent_slot
    from in_post
),

people as materialized (             -- the same with the e-mail address
    select
        machine.n,
        machine.staff_id,
        staff."email"                                                                   as email,
        machine.desk_no,
        machine.desk_agent_slot,
        machine.phone_agent_slot
    from machines as machine
    join {{ ref('staff') }} as staff
        on staff."branchId" = {{ branch.id }}
        and staff."id" = machine.staff_id
),

desks as (                           -- which accountant and which clerk serve the pupils of a letter
    select
        role.designation,
        letter.no                                                                       as letter,
        in_post.n                                                                       as staff_n
    from {{ seed('staff_roles') }} as role
    cross join generate_series(0, {{ sections_per_grade() }} - 1) as letter(no)
    join in_post
        on in_post.designation = role.designation
        -- a letter has a section in each grade, and a post serves so many sections
        and in_post.place
            = letter.no * ({{ branch.last_level }} - {{ branch.first_level }} + 1) / role.sections_per_post
    where role.designation in ('Accountant', 'Clerk')
),

admission_desk as (                  -- who enters the newcomers, in post the year before: the first of these that is
    select n as staff_n
    from in_post
    where first_year < {{ year.no }}
      and (designation = 'Principal' or homeroom_letter = 0 or (designation = 'Clerk' and place = 0))
    order by
        case
            when designation = 'Clerk' then 0
            when designation = 'Principal' then 1
            else 2                   -- the class teacher of a section A
        end,
        n
    limit 1
),

calendar as (                        -- the school days of the year so far, numbered
    select
        day,
        day_no,
        row_number() over (order by day) - 1                                            as day_index
    from {{ ref('school_days') }}
    where branch_no = {{ branch.no }}
      and year_no = {{ year.no }}
      and day <= {{ var('as_of') }}
),

newcomers as (                       -- the pupils who come in the year, with their section and the ids of their rows
    select
        pupil.n,
        pupil.joined_on,
        {{ key_of('applications', 'pupil.n') }}                                         as application_id,
        {{ key_of('students', 'pupil.n') }}                                             as student_id,
        {{ key_of('sections', section_n('attended.level', 'attended.letter')) }}        as section_id,
        attended.first_day
    from {{ ref('pupils') }} as pupil
    join {{ ref('pupil_years') }} as attended
        on attended.branch_no = pupil.branch_no
        and attended.year_no = {{ year.no }}
        and attended.n = pupil.n
    where pupil.branch_no = {{ branch.no }}
      and pupil.first_year = {{ year.no }}
),

applicants as (                      -- whose applications were answered: theirs, and of those who wanted the same place
    select
        n,
        application_id
    from newcomers
    union all
    select                           -- not every newcomer has such a rival: the join below drops the others
        {{ rival_n('n') }},
        {{ key_of('applications', rival_n('n')) }}
    from newcomers
),

accepted as (                        -- the day of a newcomer's entry: after the answer and before the first day
    select
        newcomer.n,
        newcomer.student_id,
        newcomer.section_id,
        newcomer.first_day,
        application."firstName"                                                         as first_name,
        application."lastName"                                                          as last_name,
        application."dob"                                                               as dob,
        application."reviewedAt"::date
            + {{ random_int('days to entry', 'newcomer.n', 1,
                            'least(20, newcomer.joined_on - application."reviewedAt"::date - 2)') }}::int as day
    from newcomers as newcomer
    join {{ ref('applications') }} as application
        on application."branchId" = {{ branch.id }}
        and application."id" = newcomer.application_id
),

admitted as (                        -- the moment of it
    select
        n,
        student_id,
        section_id,
        first_day,
        first_name,
        last_name,
        dob,
        {{ office_hour('entered', 'n', after_sunday('day')) }}                          as entered_at
    from accepted
),

leavers as (                         -- the pupils who go in the year
    select
        n,
        letter,
        left_on,
        case left_as when 'graduated' then 'graduated' else 'inactive' end              as status,
        {{ key_of('students', 'n') }}                                                   as student_id
    from {{ ref('pupils') }}
    where branch_no = {{ branch.no }}
      and last_year = {{ year.no }}
      and left_on is not null
),

ticket_steps as (                    -- each step of a ticket; `at` is null for those that have not come
    select
        step.kind,
        ticket.n,
        ticket.assignee_n,
        {{ key_of('tickets', 'ticket.n') }}                                             as ticket_id,
        case                         -- some are resolved without having been taken up
            when step.to_status = 'resolved' and ticket.replied_at is null then 'open'
            else step.from_status
        end                                                                             as from_status,
        step.to_status,
        case step.to_status
            when 'in_progress' then ticket.replied_at
            when 'resolved' then ticket.resolved_at
            else ticket.closed_at
        end                                                                             as at
    from {{ ref('ticket_plan') }} as ticket
    cross join (
        values
            (5, 'open', 'in_progress'),
            (6, 'in_progress', 'resolved'),
            (7, 'resolved', 'closed')
    ) as step(kind, from_status, to_status)
    where ticket.branch_no = {{ branch.no }}
      and ticket.year_no = {{ year.no }}
),

counter_payments as (                -- cash and cheques, with the letter of the pupil, and whether the log has them
    select
        payment.n,
        payment.invoice_n,
        payment.amount,
        payment.method,
        payment.created_at,
        -- an invoice's number is the pupil's times 4 and the quarter (macro invoice_n), a pupil's has the letter in the
        -- 8 bits above the lowest 10 (macro pupil_n)
        payment.invoice_n / 4 / 1024 % 256                                              as letter,
        {{ chance('is logged', 'payment.n', 'rule.payment_pct * 0.01') }}               as is_logged
    from {{ ref('payment_tries') }} as payment
    cross join {{ seed('audit_rules') }} as rule
    where payment.branch_no = {{ branch.no }}
      and payment.year_no = {{ year.no }}
      and payment.method in ('cash', 'cheque')
),

rolls as (                           -- of sections and days, while daily attendance is kept; the number is that of both
    select
        ({{ section_n('teacher.homeroom_level', 'teacher.homeroom_letter') }}) * 512 + calendar.day_no as n,
        teacher.n                                                                       as staff_n,
        {{ key_of('sections', section_n('teacher.homeroom_level', 'teacher.homeroom_letter')) }} as section_id,
        calendar.day
    from in_post as teacher
    join {{ ref('teacher_days') }} as presence
        on presence.branch_no = {{ branch.no }}
        and presence.year_no = {{ year.no }}
        and presence.teacher_n = teacher.n
        and presence.arrives <= 8 * 60 + 25                -- in minutes of the day: he is there when the roll is called
    join calendar
        on calendar.day_no = presence.day_no
    cross join {{ seed('audit_rules') }} as rule
    where teacher.homeroom_letter < {{ sections_per_grade() }}     -- a small branch has posts without a section
      and calendar.day >= {{ attendance_begins() }}
      and {{ chance('roll is logged',
                    '(' ~ section_n('teacher.homeroom_level', 'teacher.homeroom_letter') ~ ') * 512 + calendar.day_no',
                    'rule.roll_pct * 0.01') }}
),

events as (                          -- kinds 1 to 10 in one form; 1: an application is answered
    select
        1                                                                               as kind,
        answered.n,
        reviewer.n                                                                      as staff_n,
        case application."status"
            when 'APPROVED' then 'APPROVE'
            when 'REJECTED' then 'REJECT'
            else 'UPDATE'
        end                                                                             as action,
        '/api/admissions/applications'                                                  as path,
        'Application'                                                                   as entity_type,
        application."id"                                                                as entity_id,
        {{ json_object([['status', json_text("'PENDING'")]]) }}                         as old_data,
        {{ json_object([['status', json_text('application."status"')],
                        ['reviewedBy', json_text('application."reviewedBy"')]]) }}      as new_data,
        application."reviewedAt"                                                        as at
    from applicants as answered
    join {{ ref('applications') }} as application
        on application."branchId" = {{ branch.id }}
        and application."id" = answered.application_id
    join people as reviewer
        on reviewer.staff_id = application."reviewedBy"
    union all
    -- 2: a newcomer is entered
    select
        2,
        admitted.n,
        desk.staff_n,
        'CREATE',
        '/api/students',
        'Student',
        admitted.student_id,
        null::text,
        {{ json_object([['firstName', json_text('admitted.first_name')],
                        ['lastName', json_text('admitted.last_name')],
                        ['dob', json_text('admitted.dob')]]) }},
        admitted.entered_at
    from admitted
    cross join admission_desk as desk
    union all
    -- 3: a minute or so later his enrollment, whose row number is his own
    select
        3,
        admitted.n,
        desk.staff_n,
        'CREATE',
        '/api/enrollments',
        'Enrollment',
        {{ key_of('enrollments', 'admitted.n') }},
        null::text,
        {{ json_object([['studentId', json_text('admitted.student_id')],
                        ['sectionId', json_text('admitted.section_id')],
                        ['startDate', json_text('admitted.first_day::text')]]) }},
        admitted.entered_at
            + interval '1 second' * {{ random_int('seconds to enrollment', 'admitted.n', 15, 120) }}::int
    from admitted
    cross join admission_desk as desk
    union all
    -- 4: a leaver is no longer active
    select
        4,
        leaver.n,
        desk.staff_n,
        'UPDATE',
        '/api/students',
        'Student',
        leaver.student_id,
        {{ json_object([['status', json_text("'active'")]]) }},
        {{ json_object([['status', json_text('leaver.status')]]) }},
        {{ office_hour('left', 'leaver.n', after_sunday('leaver.left_on')) }}
    from leavers as leaver
    join desks as desk
        on desk.designation = 'Clerk'
        and desk.letter = leaver.letter
    union all
    -- 5 to 7: a ticket is taken up, resolved, closed
    select
        step.kind,
        step.n,
        step.assignee_n,
        'UPDATE',
        '/api/tickets',
        'Ticket',
        step.ticket_id,
        {{ json_object([['status', json_text('step.from_status')]]) }},
        {{ json_object([['status', json_text('step.to_status')]]) }},
        step.at
    from ticket_steps as step
    where step.at is not null
    union all
    -- 8: the accountant takes cash or a cheque at the counter
    select
        8,
        payment.n,
        desk.staff_n,
        'CREATE',
        '/api/payments',
        'Payment',
        {{ key_of('payments', 'payment.n') }},
        null::text,
        {{ json_object([['invoiceId', json_text(key_of('invoices', 'payment.invoice_n'))],
                        ['amount', 'payment.amount::text'],
                        ['method', json_text('payment.method')]]) }},
        payment.created_at
    from counter_payments as payment
    join desks as desk
        on desk.designation = 'Accountant'
        and desk.letter = payment.letter
    where payment.is_logged
    union all
    -- 9: he issues an invoice
    select
        9,
        due.n,
        desk.staff_n,
        'CREATE',
        '/api/invoices',
        'Invoice',
        {{ key_of('invoices', 'due.n') }},
        null::text,
        {{ json_object([['studentId', json_text(key_of('students', 'due.pupil_n'))],
                        ['period', json_text("'Q' || due.quarter || ' ' || " ~ short_year(year.no))],
                        ['dueDate', json_text('due.due_on::text')],
                        ['amount', 'due.amount::text']]) }},
        {{ office_hour('issued', 'due.n', after_sunday('due.issued_on')) }}
    from {{ ref('dues') }} as due
    cross join {{ seed('audit_rules') }} as rule
    join desks as desk
        on desk.designation = 'Accountant'
        and desk.letter = due.pupil_n / 1024 % 256         -- macro pupil_n, as above
    where due.branch_no = {{ branch.no }}
      and due.year_no = {{ year.no }}
      and {{ chance('is logged', 'due.n', 'rule.invoice_pct * 0.01') }}
    union all
    -- 10: a class teacher sends in the roll, within 45 minutes of 08:25 in India, which is 10500 seconds in UTC
    select
        10,
        roll.n,
        roll.staff_n,
        'CREATE',
        '/api/attendance/bulk',
        'Section',
        roll.section_id,
        null::text,
        {{ json_object([['sectionId', json_text('roll.section_id')],
                        ['date', json_text('roll.day::text')]]) }},
        roll.day + interval '10500 seconds' + interval '1 second' * {{ random_int('roll', 'roll.n', 0, 2700) }}::int
    from rolls as roll
),

lots as (                            -- kind 11: so many lots for each user, each a day and a request
    select
        visitor.n * 8 + lot.no                                                          as n,
        visitor.n                                                                       as staff_n,
        visitor.staff_group,
        -- of the first 200 school days, which every year has; those still to come find no day below
        {{ random_int('day of visit', 'visitor.n * 8 + lot.no', 0, 199) }}              as day_index,
        {{ pick('request', 'visitor.n * 8 + lot.no', 'audit_requests') }}               as request_slot
    from in_post as visitor
    cross join {{ seed('audit_rules') }} as rule
    cross join generate_series(0, 7) as lot(no)
    where visitor.staff_group in ('leadership', 'teaching', 'office')
      and lot.no < case visitor.staff_group when 'teaching' then rule.teacher_visits else rule.office_visits end
),

visits as (                          -- with the moment
    select
        lot.n,
        lot.staff_n,
        lot.staff_group,
        lot.request_slot,
        calendar.day_no,
        {{ office_hour('visit', 'lot.n', 'calendar.day') }}                             as at
    from lots as lot
    join calendar
        on calendar.day_index = lot.day_index
),

requests as (                        -- as the server saw them: a POST creates, a PATCH names the row in its path
    select
        event.kind,
        event.n,
        event.staff_n,
        event.action,
        case event.action when 'CREATE' then 'POST' else 'PATCH' end                    as method,
        case event.action when 'CREATE' then event.path else event.path || '/' || event.entity_id end as endpoint,
        event.entity_type,
        event.entity_id,
        event.old_data,
        event.new_data,
        case event.action when 'CREATE' then 201 else 200 end                           as status_code,
        null::text                                                                      as error_message,
        event.at
    from events as event
    union all
    -- 11: visits, those of teachers only while they are in the building
    select
        11,
        visit.n,
        visit.staff_n,
        request.action,
        request.method,
        request.endpoint,
        request.entity_type,
        case when request.is_own then {{ key_of('staff', 'visit.staff_n') }} end,
        null::text,
        null::text,
        request.status_code,
        request.error_message,
        visit.at
    from visits as visit
    left join {{ ref('teacher_days') }} as presence    -- nothing is known of the office, nor of other days
        on presence.branch_no = {{ branch.no }}
        and presence.year_no = {{ year.no }}
        and presence.teacher_n = visit.staff_n
        and presence.day_no = visit.day_no
    join {{ slots('audit_requests') }} as request
        on request.staff_group = visit.staff_group
        and request.slot = visit.request_slot
    where presence.n is null
       -- in minutes of the day in India, 330 ahead of UTC
       or extract(hour from visit.at)::int * 60 + extract(minute from visit.at)::int + 330
            between presence.arrives and presence.leaves
),

numbered as (                        -- those up to the as-of date: the number of the row, and one below 2^32 for lots
    select
        request.kind * 4294967296 + request.n                                           as n,
        (request.kind * 2654435761 + request.n) % 4294967296                            as lot_n,
        request.staff_n,
        request.action,
        request.method,
        request.endpoint,
        request.entity_type,
        request.entity_id,
        request.old_data,
        request.new_data,
        request.status_code,
        request.error_message,
        request.at
    from requests as request
    where request.at::date <= {{ var('as_of') }}
),

sent as (                            -- from where, and how long it took; reports are not asked for by telephone
    select
        request.n,
        request.staff_n,
        request.action,
        request.method,
        request.endpoint,
        request.entity_type,
        request.entity_id,
        request.old_data,
        request.new_data,
        request.status_code,
        request.error_message,
        request.at,
        (extract(year from request.at)::int - 2021) * 12 + extract(month from request.at)::int - 1
                                                                                        as months_since_2021,
        {{ random_int('address', 'request.lot_n', 1, 254) }}                            as address_no,
        {{ hash('duration', 'request.lot_n') }}                                         as duration_lot,
        request.action <> 'EXPORT'
            and {{ chance('by telephone', 'request.lot_n', 'rule.phone_pct * 0.01') }}  as by_phone
    from numbered as request
    cross join {{ seed('audit_rules') }} as rule
),

named as (                           -- by whom, and with which of the user agents of his telephone or desk
    select
        request.n,
        person.staff_id,
        person.email,
        request.action,
        request.method,
        request.endpoint,
        request.entity_type,
        request.entity_id,
        request.old_data,
        request.new_data,
        request.status_code,
        request.error_message,
        request.at,
        request.months_since_2021,
        request.duration_lot,
        case                         -- the network of telephones, or the school's
            when request.by_phone then '203.0.113.' || request.address_no
            else '192.0.2.' || person.desk_no
        end                                                                             as ip_address,
        case when request.by_phone then 'phone' else 'desktop' end                      as device,
        case when request.by_phone then person.phone_agent_slot else person.desk_agent_slot end as agent_slot
    from sent as request
    join people as person
        on person.n = request.staff_n
    offset 0                         -- a fence: PostgreSQL would pair each row with every agent before it knew the slot
)

select
    {{ key('request.n') }}                                                              as "id",
    {{ branch.id }}                                                                     as "branchId",
    request.staff_id                                                                    as "userId",
    request.email                                                                       as "userEmail",
    request.action                                                                      as "action",
    request.method                                                                      as "method",
    request.endpoint                                                                    as "endpoint",
    request.entity_type                                                                 as "entityType",
    request.entity_id                                                                   as "entityId",
    request.old_data                                                                    as "oldData",
    request.new_data                                                                    as "newData",
    request.ip_address                                                                  as "ipAddress",
    -- the browsers' versions: Chrome 88 and Firefox 85 came in January 2021, and then twelve or thirteen a year
    replace(replace(
        agent.user_agent,
        '{chrome}', (88 + request.months_since_2021 * 12 / 13)::text),
        '{firefox}', (85 + request.months_since_2021)::text)                            as "userAgent",
    request.status_code                                                                 as "statusCode",
    request.error_message                                                               as "errorMessage",
    -- the lot is below 2^32: so much of the way from the least duration to the most
    (duration.from_ms + (request.duration_lot * (duration.to_ms - duration.from_ms) >> 32))::int as "duration",
    request.at::timestamp(3)                                                            as "createdAt"
from named as request
join {{ seed('audit_durations') }} as duration
    on duration.action = request.action
join {{ slots('user_agents') }} as agent
    on agent.device = request.device
    and agent.slot = request.agent_slot
