-- Families are written to in other languages than English too: every branch has texts in Devanagari or Bengali script,
-- correctly encoded, and a branch with many messages has sent some. English texts are in Latin letters.
-- A row is a wrong text, or a branch without such texts or messages.
select 'wrong script' as what, "id" as which
from {{ ref('templates') }}
where ("locale" in ('hi', 'mr') and "content" !~ '[ऀ-ॿ]')
   or ("locale" = 'bn' and "content" !~ '[ঀ-৿]')
   or ("locale" = 'en' and "content" ~ '[ऀ-৿]')
   or position(chr(65533) in "content") > 0
   or position('???' in "content") > 0
union all
select 'no other language', "branchId"
from {{ ref('templates') }}
group by "branchId"
having count(*) filter (where "locale" <> 'en') = 0
union all
select 'nothing sent', message."branchId"
from {{ ref('messages') }} as message
join {{ ref('templates') }} as template
    on template."id" = message."templateId"
group by message."branchId"
having count(*) > 1000
   and count(*) filter (where template."locale" <> 'en') = 0
