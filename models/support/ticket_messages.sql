{{ config(table='TicketMessage', slice_by=['branch', 'year'], tags=['support'],
          rows=per_seat(0.55)) }}

-- One row per message of a ticket's thread: the owner's first words, a reply of the assignee, perhaps a note that only
-- the staff sees, perhaps a question of the owner, and the answer that settles it.
-- Rows: one to five per ticket, as far as its steps in ticket_plan have come. Row numbers are the ticket's times 8 and
-- the step: 1 the first words, 2 the reply, 3 the note, 4 the owner's question, 5 the answer. Estimate: all of it.

with steps as (                      -- each ticket and step with its moment, null where it has not come
    select
        ticket.n,
        step.no                                                                         as step_no,
        case step.no
            when 1 then ticket.first_message_at
            when 2 then ticket.replied_at
            when 3 then ticket.noted_at
            when 4 then ticket.followed_up_at
            else ticket.answered_at
        end                                                                             as written_at
    from {{ ref('ticket_plan') }} as ticket
    cross join generate_series(1, 5) as step(no)
    where ticket.branch_no = {{ branch.no }}
      and ticket.year_no = {{ year.no }}
),

messages as (                        -- the steps that have come, who writes, and where the words come from
    select
        ticket.n * 8 + step.step_no                                                     as n,
        ticket.n                                                                        as ticket_n,
        step.step_no,
        case when step.step_no in (1, 4) then ticket.owner_type else 'staff' end        as author_type,
        case when step.step_no in (1, 4) then ticket.owner_n else ticket.assignee_n end as author_n,
        case
            when step.step_no in (2, 3) then ticket.category
            when ticket.owner_type = 'guardian' then ticket.category
            else ticket.owner_type
        end                                                                             as about,
        case step.step_no
            when 1 then 'opening'
            when 2 then 'reply'
            when 3 then 'note'
            when 4 then 'follow-up'
        end                                                                             as part,
        ticket.language,
        ticket.topic,
        case step.step_no when 2 then 'promise' when 5 then 'ending' end                as second_part,
        step.written_at,
        ticket.child_text,
        ticket.class_text,
        ticket.my_text,
        ticket.date_text,
        ticket.quarter_text,
        ticket.subject_text,
        ticket.amount_text,
        ticket.no_text,
        ticket.room_text,
        ticket.route_text
    from {{ ref('ticket_plan') }} as ticket
    join steps as step
        on step.n = ticket.n
        and step.written_at is not null
    where ticket.branch_no = {{ branch.no }}
      and ticket.year_no = {{ year.no }}
),

picked as (                          -- the same with the slots of the sentences, and the time of day they speak of
    select
        n,
        ticket_n,
        step_no,
        author_type,
        author_n,
        about,
        part,
        language,
        topic,
        second_part,
        written_at,
        case language                -- 'am' and 'pm' are English
            when 'hi' then split_part({{ spoken_time('written_at') }}, ' ', 1)
            else {{ spoken_time('written_at') }}
        end                                                                             as spoken_time,
        child_text,
        class_text,
        my_text,
        date_text,
        quarter_text,
        subject_text,
        amount_text,
        no_text,
        room_text,
        route_text,
        {{ pick('case', 'ticket_n', 'ticket_cases', of='tickets') }}                    as case_slot,
        {{ pick('sentence', 'n', 'ticket_texts') }}                                     as first_slot,
        {{ pick('second sentence', 'n', 'ticket_texts') }}                              as second_slot
    from messages
)

select
    {{ key('message.n') }}                                                              as "id",
    {{ branch.id }}                                                                     as "branchId",
    {{ key_of('tickets', 'message.ticket_n') }}                                         as "ticketId",
    case message.author_type
        when 'guardian' then {{ key_of('guardians', 'message.author_n') }}
        when 'student' then {{ key_of('students', 'message.author_n') }}
        else {{ key_of('staff', 'message.author_n') }}
    end                                                                                 as "authorId",
    message.author_type                                                                 as "authorType",
    {{ ticket_words("(coalesce(first.text, matter.resolution) || coalesce(' ' || second.text, ''))", 'message',
                    'message.spoken_time') }}                                           as "content",
    message.step_no = 3                                                                 as "internal",
    message.written_at::timestamp(3)                                                    as "createdAt"
from picked as message
join {{ slots('ticket_cases') }} as matter
    on matter.topic = message.topic
    and matter.language = message.language
    and matter.slot = message.case_slot
left join {{ slots('ticket_texts') }} as first        -- the last reply is that of the ticket's case
    on first.about = message.about
    and first.part = message.part
    and first.language = message.language
    and first.slot = message.first_slot
left join {{ slots('ticket_texts') }} as second
    on second.about = 'all'
    and second.part = message.second_part
    and second.language = message.language
    and second.slot = message.second_slot
