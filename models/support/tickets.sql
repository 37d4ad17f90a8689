{{ config(table='Ticket', slice_by=['branch', 'year'], tags=['support'],
          rows=per_seat(0.19)) }}

-- One row per request of a parent, a pupil of the upper classes or a member of staff, as the help desk keeps it.
-- Rows: those of ticket_plan, about one for seven families in a year. The status follows from what has happened up to
-- the as-of date: only recent tickets are open or in progress.
-- The text is a greeting, what the topic asks, and a closing, in Hindi for the share that the seed ticket_rules says.
-- Estimate: all of it.

with worded as (                     -- where each ticket falls in the lists of cases and sentences
    select
        n,
        owner_type,
        owner_n,
        topic,
        category,
        priority,
        language,
        status,
        assignee_n,
        opened_at,
        due_at,
        first_message_at,
        replied_at,
        noted_at,
        followed_up_at,
        answered_at,
        resolved_at,
        closed_at,
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
        {{ pick('case', 'n', 'ticket_cases') }}                                         as case_slot,
        {{ pick('greeting', 'n', 'ticket_texts') }}                                     as greeting_slot,
        {{ pick('closing', 'n', 'ticket_texts') }}                                      as closing_slot
    from {{ ref('ticket_plan') }}
    where branch_no = {{ branch.no }}
      and year_no = {{ year.no }}
)

select
    {{ key('ticket.n') }}                                                               as "id",
    {{ branch.id }}                                                                     as "branchId",
    ticket.owner_type                                                                   as "ownerType",
    case ticket.owner_type
        when 'guardian' then {{ key_of('guardians', 'ticket.owner_n') }}
        when 'student' then {{ key_of('students', 'ticket.owner_n') }}
        else {{ key_of('staff', 'ticket.owner_n') }}
    end                                                                                 as "ownerId",
    ticket.category                                                                     as "category",
    ticket.priority                                                                     as "priority",
    ticket.status                                                                       as "status",
    {{ key_of('staff', 'ticket.assignee_n') }}                                          as "assigneeId",
    {{ ticket_words('matter.subject', 'ticket') }}
        || case                      -- most add whom it is about
            when ticket.owner_type <> 'staff' and position('{' in matter.subject) = 0
                and {{ chance('named', 'ticket.n', 'rule.named_pct * 0.01') }}
                then ' – ' || ticket.child_text || ', ' || ticket.class_text
            else ''
        end                                                                             as "subject",
    greeting.text || ' ' || {{ ticket_words('matter.detail', 'ticket') }} || ' ' || closing.text as "description",
    ticket.due_at::timestamp(3)                                                         as "slaDueAt",
    ticket.resolved_at::timestamp(3)                                                    as "resolvedAt",
    ticket.closed_at::timestamp(3)                                                      as "closedAt",
    ticket.opened_at::timestamp(3)                                                      as "createdAt",
    coalesce(
        ticket.closed_at, ticket.resolved_at, ticket.answered_at, ticket.followed_up_at, ticket.noted_at,
        ticket.replied_at, ticket.first_message_at
    )::timestamp(3)                                                                     as "updatedAt"
from worded as ticket
cross join {{ seed('ticket_rules') }} as rule
join {{ slots('ticket_cases') }} as matter
    on matter.topic = ticket.topic
    and matter.language = ticket.language
    and matter.slot = ticket.case_slot
join {{ slots('ticket_texts') }} as greeting
    on greeting.about = ticket.owner_type
    and greeting.part = 'greeting'
    and greeting.language = ticket.language
    and greeting.slot = ticket.greeting_slot
join {{ slots('ticket_texts') }} as closing
    on closing.about = ticket.owner_type
    and closing.part = 'closing'
    and closing.language = ticket.language
    and closing.slot = ticket.closing_slot
