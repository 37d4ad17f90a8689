{{ config(table='AuditLog', slice_by=['branch', 'year'], tags=['audit'],
          rows=per_seat(2.2)) }}

-- One row per request to the application that the log keeps: who did what to which row, from where, and how it ended.
--
-- Most entries say what is known from other tables: an application answered, a newcomer and his enrollment entered, a
-- leaver's status changed, a step of a ticket, a payment taken at the counter, an invoice issued, a roll sent in. Their
-- entityId is that row's, old and new data are values that it had and has, and the time is the event's. The others
-- are logins, reports and refused requests, which leave no row (seed audit_requests).
--
-- Rows: some two for a pupil in a year; rolls, payments and invoices are a sample. A row number is the kind of event
-- times 2^32 and the number of what it is about. Estimate: the shares, durations and devices (seeds audit_*). Addresses
-- are of the blocks that RFC 5737 keeps for documentation.

with in_post as (                    -- the staff of the year
    select
        n,
        n / 32                                                                          as post_n,
        designation,
        staff_group,
        homeroom_level,
        homeroom_letter,
        first_year
    from {{ ref('staff_plan') }}
    where branch_no = {{ branch.no }}
      and {{ year.no }} between first_year and last_year
),

people as materialized (             -- with id, e-mail, and the machine that each mostly works at
    select
        in_post.n,
        in_post.staff_id,
        staff."email"                                                                   as email,
        in_post.desk_no,
        in_post.desk_agent_slot,
        in_post.phone_agent_slot
    from (
        select
            n,
            {{ key_of('staff', 'n') }}                                                  as staff_id,
            {{ random_int('desk', 'n', 2, 250, by=['branch']) }}                        as desk_no,
            {{ pick('browser', 'n', 'user_agents', by=['branch']) }}                    as desk_agent_slot,
            {{ pick('telephone', 'n', 'user_agents') }}                                 as phone_agent_slot
        from in_post
    ) as in_post
    join {{ ref('staff') }} as staff
        on staff."branchId" = {{ branch.id }}
        and staff."id" = in_post.staff_id
),

desks as (                           -- which accountant and which clerk serve the pupils of a letter
    select
        role.designation,
        letter.no                                                                       as letter,
        in_post.n
    from {{ seed('staff_roles') }} as role
    cross join generate_series(0, {{ sections_per_grade() }} - 1) as letter(no)
    join in_post
        on in_post.post_n = {{ post_n('role.no', '(letter.no * (' ~ branch.last_level ~ ' - ' ~ branch.first_level ~ ' + 1) / role.sections_per_post)', teaches=false) }}
    where role.designation in ('Accountant', 'Clerk')
),

admission_desk as (                  -- who enters the newcomers: he was in post the year before; a clerk if one was
    select n
    from in_post
    where first_year < {{ year.no }}
      and (designation = 'Principal' or homeroom_letter = 0 or post_n = {{ post_n('6', '0', teaches=false) }})
    order by
        case
            when post_n = {{ post_n('6', '0', teaches=false) }} then 0
            when designation = 'Principal' then 1
            else 2
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

admitted as (                        -- when each was entered: between the answer to the application and the first day
    select
        newcomer.n,
        newcomer.student_id,
        newcomer.section_id,
        newcomer.first_day,
        application."firstName"                                                         as first_name,
        application."lastName"                                                          as last_name,
        application."dob"                                                               as dob,
        {{ office_hour('entered', 'newcomer.n', 'entered.day + case when extract(isodow from entered.day) = 7 then 1 else 0 end') }} as at
    from newcomers as newcomer
    join {{ ref('applications') }} as application
        on application."branchId" = {{ branch.id }}
        and application."id" = newcomer.application_id
    join (
        select
            newcomer.n,
            application."reviewedAt"::date
                + {{ random_int('days to entry', 'newcomer.n', 1, 'least(20, newcomer.joined_on - application."reviewedAt"::date - 2)') }}::int as day
        from newcomers as newcomer
        join {{ ref('applications') }} as application
            on application."branchId" = {{ branch.id }}
            and application."id" = newcomer.application_id
    ) as entered
        on entered.n = newcomer.n
),

events as (                          -- 1: an application is answered
    select
        4294967296 + answered.n                                                         as n,
        reviewer.n                                                                      as staff_n,
        case application."status" when 'APPROVED' then 'APPROVE' when 'REJECTED' then 'REJECT' else 'UPDATE' end as action,
        'PATCH'                                                                         as method,
        '/api/admissions/applications/' || application."id"                             as endpoint,
        'Application'                                                                   as entity_type,
        application."id"                                                                as entity_id,
        {{ json_object([['status', json_text("'PENDING'")]]) }}                         as old_data,
        {{ json_object([['status', json_text('application."status"')],
                        ['reviewedBy', json_text('application."reviewedBy"')]]) }}      as new_data,
        200                                                                             as status_code,
        null::text                                                                      as error_message,
        application."reviewedAt"                                                        as at
    from (
        select
            n,
            application_id
        from newcomers
        union all
        -- who wanted the place and did not get it; not everybody has such a rival
        select
            8388608 + n,
            {{ key_of('applications', '8388608 + n') }}
        from newcomers
    ) as answered
    join {{ ref('applications') }} as application
        on application."branchId" = {{ branch.id }}
        and application."id" = answered.application_id
    join people as reviewer
        on reviewer.staff_id = application."reviewedBy"
    union all
    -- 2: a newcomer is entered
    select
        2 * 4294967296 + admitted.n,
        desk.n,
        'CREATE',
        'POST',
        '/api/students',
        'Student',
        admitted.student_id,
        null::text,
        {{ json_object([['firstName', json_text('admitted.first_name')], ['lastName', json_text('admitted.last_name')],
                        ['dob', json_text('admitted.dob')]]) }},
        201,
        null::text,
        admitted.at
    from admitted
    cross join admission_desk as desk
    union all
    -- 3: and then his enrollment
    select
        3 * 4294967296 + admitted.n,
        desk.n,
        'CREATE',
        'POST',
        '/api/enrollments',
        'Enrollment',
        {{ key_of('enrollments', 'admitted.n') }},
        null::text,
        {{ json_object([['studentId', json_text('admitted.student_id')], ['sectionId', json_text('admitted.section_id')],
                        ['startDate', json_text('admitted.first_day::text')]]) }},
        201,
        null::text,
        admitted.at + interval '1 second' * {{ random_int('seconds to enrollment', 'admitted.n', 15, 120) }}::int
    from admitted
    cross join admission_desk as desk
    union all
    -- 4: a pupil who has left is no longer active
    select
        4 * 4294967296 + gone.n,
        desk.n,
        'UPDATE',
        'PATCH',
        '/api/students/' || gone.student_id,
        'Student',
        gone.student_id,
        {{ json_object([['status', json_text("'active'")]]) }},
        {{ json_object([['status', json_text("case gone.left_as when 'graduated' then 'graduated' else 'inactive' end")]]) }},
        200,
        null::text,
        {{ office_hour('left', 'gone.n', 'gone.left_on + case when extract(isodow from gone.left_on) = 7 then 1 else 0 end') }}
    from (
        select
            n,
            letter,
            left_on,
            left_as,
            {{ key_of('students', 'n') }}                                               as student_id
        from {{ ref('pupils') }}
        where branch_no = {{ branch.no }}
          and last_year = {{ year.no }}
          and left_on is not null
    ) as gone
    join desks as desk
        on desk.designation = 'Clerk'
        and desk.letter = gone.letter
    union all
    -- 5 to 7: a ticket is taken up, resolved and closed
    select
        (4 + ticket.step_no) * 4294967296 + ticket.n,
        ticket.assignee_n,
        'UPDATE',
        'PATCH',
        '/api/tickets/' || ticket.ticket_id,
        'Ticket',
        ticket.ticket_id,
        {{ json_object([['status', json_text("case ticket.step_no when 1 then 'open' when 3 then 'resolved' else case when ticket.replied_at is null then 'open' else 'in_progress' end end")]]) }},
        {{ json_object([['status', json_text("case ticket.step_no when 1 then 'in_progress' when 2 then 'resolved' else 'closed' end")]]) }},
        200,
        null::text,
        ticket.at
    from (
        select
            ticket.n,
            step.no                                                                     as step_no,
            ticket.assignee_n,
            ticket.replied_at,
            {{ key_of('tickets', 'ticket.n') }}                                         as ticket_id,
            case step.no when 1 then ticket.replied_at when 2 then ticket.resolved_at else ticket.closed_at end as at
        from {{ ref('ticket_plan') }} as ticket
        cross join generate_series(1, 3) as step(no)
        where ticket.branch_no = {{ branch.no }}
          and ticket.year_no = {{ year.no }}
          and case step.no when 1 then ticket.replied_at when 2 then ticket.resolved_at else ticket.closed_at end is not null
    ) as ticket
    union all
    -- 8: the accountant takes cash or a cheque at the counter
    select
        8 * 4294967296 + payment.n,
        desk.n,
        'CREATE',
        'POST',
        '/api/payments',
        'Payment',
        {{ key_of('payments', 'payment.n') }},
        null::text,
        {{ json_object([['invoiceId', json_text(key_of('invoices', 'payment.invoice_n'))], ['amount', 'payment.amount::text'],
                        ['method', json_text('payment.method')]]) }},
        201,
        null::text,
        payment.created_at
    from (
        select
            payment.n,
            payment.invoice_n,
            payment.amount,
            payment.method,
            payment.created_at,
            {{ chance('is logged', 'payment.n', 'rule.payment_pct * 0.01') }}           as is_logged
        from {{ ref('payment_tries') }} as payment
        cross join {{ seed('audit_rules') }} as rule
        where payment.branch_no = {{ branch.no }}
          and payment.year_no = {{ year.no }}
          and payment.method in ('cash', 'cheque')
    ) as payment
    join desks as desk
        on desk.designation = 'Accountant'
        and desk.letter = payment.invoice_n / 4 / 1024 % 256    -- macros invoice_n and pupil_n
    where payment.is_logged
    union all
    -- 9: he issues an invoice
    select
        9 * 4294967296 + due.n,
        desk.n,
        'CREATE',
        'POST',
        '/api/invoices',
        'Invoice',
        {{ key_of('invoices', 'due.n') }},
        null::text,
        {{ json_object([['studentId', json_text(key_of('students', 'due.pupil_n'))],
                        ['period', json_text("'Q' || due.quarter || ' ' || " ~ short_year(year.no))],
                        ['dueDate', json_text('due.due_on::text')], ['amount', 'due.amount::text']]) }},
        201,
        null::text,
        {{ office_hour('issued', 'due.n', 'due.issued_on + case when extract(isodow from due.issued_on) = 7 then 1 else 0 end') }}
    from {{ ref('dues') }} as due
    cross join {{ seed('audit_rules') }} as rule
    join desks as desk
        on desk.designation = 'Accountant'
        and desk.letter = due.pupil_n / 1024 % 256              -- macro pupil_n
    where due.branch_no = {{ branch.no }}
      and due.year_no = {{ year.no }}
      and {{ chance('is logged', 'due.n', 'rule.invoice_pct * 0.01') }}
    union all
    -- 10: a class teacher sends in the roll, 08:25 to 09:10 in India
    select
        10 * 4294967296 + roll.n,
        roll.staff_n,
        'CREATE',
        'POST',
        '/api/attendance/bulk',
        'Section',
        roll.section_id,
        null::text,
        {{ json_object([['sectionId', json_text('roll.section_id')], ['date', json_text('roll.day::text')]]) }},
        201,
        null::text,
        roll.day + interval '10500 seconds' + interval '1 second' * {{ random_int('roll', 'roll.n', 0, 2700) }}::int
    from (
        select
            ({{ section_n('teacher.homeroom_level', 'teacher.homeroom_letter') }}) * 512 + calendar.day_no as n,
            teacher.n                                                                   as staff_n,
            {{ key_of('sections', section_n('teacher.homeroom_level', 'teacher.homeroom_letter')) }} as section_id,
            calendar.day
        from in_post as teacher
        join {{ ref('teacher_days') }} as presence     -- he is in the building by 08:25
            on presence.branch_no = {{ branch.no }}
            and presence.year_no = {{ year.no }}
            and presence.teacher_n = teacher.n
            and presence.arrives <= 505
        join calendar
            on calendar.day_no = presence.day_no
        cross join {{ seed('audit_rules') }} as rule
        where teacher.homeroom_letter < {{ sections_per_grade() }}     -- a small branch has posts without a section
          and calendar.day >= {{ attendance_begins() }}
          and {{ chance('roll is logged', '(' ~ section_n('teacher.homeroom_level', 'teacher.homeroom_letter') ~ ') * 512 + calendar.day_no', 'rule.roll_pct * 0.01') }}
    ) as roll
    union all
    -- 11: logins, reports and requests that were refused, of teachers only while they are in the building
    select
        11 * 4294967296 + visit.n,
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
    from (
        select
            visit.n,
            visit.staff_n,
            visit.staff_group,
            visit.request_slot,
            calendar.day_no,
            {{ office_hour('visit', 'visit.n', 'calendar.day') }}                       as at
        from (
            select
                visitor.n * 8 + lot.no                                                  as n,
                visitor.n                                                               as staff_n,
                visitor.staff_group,
                {{ random_int('day of visit', 'visitor.n * 8 + lot.no', 0, 199) }}      as day_index,
                {{ pick('request', 'visitor.n * 8 + lot.no', 'audit_requests') }}       as request_slot
            from in_post as visitor
            cross join {{ seed('audit_rules') }} as rule
            cross join generate_series(0, 7) as lot(no)
            where visitor.staff_group in ('leadership', 'teaching', 'office')
              and lot.no < case visitor.staff_group when 'teaching' then rule.teacher_visits else rule.office_visits end
        ) as visit
        join calendar
            on calendar.day_index = visit.day_index
    ) as visit
    left join {{ ref('teacher_days') }} as presence    -- nothing is known of the office, nor of earlier days
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

requests as (                        -- with what the network adds
    select
        event.n,
        event.staff_n,
        event.action,
        event.method,
        event.endpoint,
        event.entity_type,
        event.entity_id,
        event.old_data,
        event.new_data,
        event.status_code,
        event.error_message,
        event.at,
        (extract(year from event.at)::int - 2021) * 12 + extract(month from event.at)::int - 1 as months,
        -- the row number folded to 32 bits
        {{ random_int('address', '(event.n / 4294967296 * 2654435761 + event.n) % 4294967296', 1, 254) }} as address_no,
        {{ hash('duration', '(event.n / 4294967296 * 2654435761 + event.n) % 4294967296') }} as duration_lot,
        event.action <> 'EXPORT'
            and {{ chance('by telephone', '(event.n / 4294967296 * 2654435761 + event.n) % 4294967296', 'rule.phone_pct * 0.01') }} as by_phone
    from events as event
    cross join {{ seed('audit_rules') }} as rule
    where event.at::date <= {{ var('as_of') }}
)

select
    {{ key('request.n') }}                                                              as "id",
    {{ branch.id }}                                                                     as "branchId",
    person.staff_id                                                                     as "userId",
    person.email                                                                        as "userEmail",
    request.action                                                                      as "action",
    request.method                                                                      as "method",
    request.endpoint                                                                    as "endpoint",
    request.entity_type                                                                 as "entityType",
    request.entity_id                                                                   as "entityId",
    request.old_data                                                                    as "oldData",
    request.new_data                                                                    as "newData",
    case                             -- the school's network, or that of a telephone
        when request.by_phone then '203.0.113.' || request.address_no
        else '192.0.2.' || person.desk_no
    end                                                                                 as "ipAddress",
    -- the browsers' versions: Chrome 88 and Firefox 85 came in January 2021, and then twelve or thirteen a year
    replace(replace(
        agent.user_agent,
        '{chrome}', (88 + request.months * 12 / 13)::text),
        '{firefox}', (85 + request.months)::text)                                       as "userAgent",
    request.status_code                                                                 as "statusCode",
    request.error_message                                                               as "errorMessage",
    (duration.from_ms + (request.duration_lot * (duration.to_ms - duration.from_ms) >> 32))::int as "duration",
    request.at::timestamp(3)                                                            as "createdAt"
from requests as request
join people as person
    on person.n = request.staff_n
join {{ seed('audit_durations') }} as duration
    on duration.action = request.action
join {{ slots('user_agents') }} as agent
    on agent.device = case when request.by_phone then 'phone' else 'desktop' end
    and agent.slot = case when request.by_phone then person.phone_agent_slot else person.desk_agent_slot end
