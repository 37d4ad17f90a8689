{{ config(table='TicketAttachment', slice_by=['branch', 'year'], tags=['support'],
          rows=per_seat(0.057)) }}

-- One row per file that the owner sends with a ticket's first message.
-- Rows: a quarter of the tickets have one, a few of these two (seed ticket_rules). Name, media type and size agree
-- (seed ticket_files); the address is on a reserved example domain, where nothing is.
-- Fact: the media types. Estimate: how many, of which kind, and how large.

with files as (                      -- the files, of which a ticket may have two, and where each falls among the kinds
    select
        ticket.n * 2 + lot.no                                                           as n,
        ticket.n                                                                        as ticket_n,
        ticket.category,
        ticket.child_text,
        ticket.opened_at,
        ticket.first_message_at + interval '1 second' * lot.no                          as sent_at,
        {{ pick('kind', 'ticket.n * 2 + lot.no', 'ticket_files') }}                     as kind_slot
    from {{ ref('ticket_plan') }} as ticket
    cross join generate_series(0, 1) as lot(no)
    cross join {{ seed('ticket_rules') }} as rule
    where ticket.branch_no = {{ branch.no }}
      and ticket.year_no = {{ year.no }}
      and {{ chance('has a file', 'ticket.n', 'rule.attachment_pct * 0.01') }}
      and (lot.no = 0 or {{ chance('has another', 'ticket.n', 'rule.second_attachment_pct * 0.01') }})
),

named as (                           -- with name and size; of two files of one kind the second is number 2
    select
        file.n,
        file.ticket_n,
        file.sent_at,
        kind.mime_type,
        kind.stem || '_' || lower(file.child_text) || '_' || replace(file.opened_at::date::text, '-', '')
            || case when file.n % 2 = 1 then '_2' else '' end || '.' || kind.extension  as name,
        {{ random_int('bytes', 'file.n', 'kind.min_kb * 1024', 'kind.max_kb * 1024') }}::int as bytes
    from files as file
    join {{ slots('ticket_files') }} as kind
        on kind.category = file.category
        and kind.slot = file.kind_slot
)

select
    {{ key('n') }}                                                                      as "id",
    {{ branch.id }}                                                                     as "branchId",
    {{ key_of('tickets', 'ticket_n') }}                                                 as "ticketId",
    name                                                                                as "fileName",
    'https://files.example.com/' || {{ branch.id }} || '/tickets/'
        || {{ key_of('tickets', 'ticket_n') }} || '/' || name                           as "fileUrl",
    bytes                                                                               as "fileSize",
    mime_type                                                                           as "mimeType",
    sent_at::timestamp(3)                                                               as "createdAt"
from named
