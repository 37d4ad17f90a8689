-- No description and no message stands in more than one per cent of the rows, and ten; no subject in more than two.
-- A row is a text that does.
with texts as (
    select 'description' as what, "description" as text from {{ ref('tickets') }}
    union all
    select 'subject', "subject" from {{ ref('tickets') }}
    union all
    select 'message', "content" from {{ ref('ticket_messages') }}
),

totals as (
    select what, count(*) as rows_in_all
    from texts
    group by what
)

select texts.what, texts.text, count(*) as times
from texts
join totals
    on totals.what = texts.what
group by texts.what, texts.text, totals.rows_in_all
having count(*) * 100 > totals.rows_in_all * case texts.what when 'subject' then 2 else 1 end + 1000
