-- About 18 per cent of the tickets are in Hindi, in Devanagari, and so are their messages.
-- A row is the share, if it is further off than chance explains, or a thread in which the languages are mixed.
with languages as (
    select "id" as id, "description" ~ '[क-ह]' as is_hindi
    from {{ ref('tickets') }}
),

shares as (
    select
        count(*) filter (where is_hindi)::double precision / count(*) as share,
        0.02 + 4 * sqrt(0.18::double precision * 0.82 / count(*)) as slack
    from languages
    having count(*) > 0
)

select 'share of Hindi: ' || round(share::numeric, 4)::text as what
from shares
where share not between 0.18 - slack and 0.18 + slack
union all
select 'mixed: ' || message."id"
from {{ ref('ticket_messages') }} as message
join languages
    on languages.id = message."ticketId"
where (message."content" ~ '[क-ह]') <> languages.is_hindi
