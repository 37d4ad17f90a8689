-- One row per title. No dimension: all shops sell the same books.
-- key(n) makes the id of row number n: the same id at every run, on every machine.

select
    {{ key('title.no') }}   as id,
    title.title             as title,
    title.author            as author,
    title.published_on      as published_on
from {{ seed('titles') }} as title
