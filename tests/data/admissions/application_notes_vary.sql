-- Notes are whole, none stands in more than two per cent of the rows and ten, and some are in Hindi if there are many.
-- A row is a note of which this is not so.
with totals as (
    select count(*) as notes, count(*) filter (where "notes" ~ '[क-ह]') as in_hindi
    from {{ ref('applications') }}
    where "notes" is not null
)

select application."notes" as note, count(*) as times
from {{ ref('applications') }} as application
cross join totals
where application."notes" is not null
group by application."notes", totals.notes
having count(*) * 50 > totals.notes + 500
    or position('{' in application."notes") > 0
union all
select 'notes in Hindi', in_hindi
from totals
where (notes > 100 and in_hindi * 20 < notes)
   or (notes > 100 and in_hindi * 4 > notes)
