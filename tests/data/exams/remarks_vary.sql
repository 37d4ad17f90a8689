-- Some marks carry a remark, most do not; no remark makes up a twentieth of them; and some are in Hindi where there are
-- two hundred. The row says how many there are, if they are otherwise.
with remarks as (
    select
        "remarks" as remark,
        count(*) as times,
        max(case when "remarks" ~ '[अ-ह]' then 1 else 0 end) as is_hindi
    from {{ ref('marks') }}
    where "remarks" is not null
    group by "remarks"
)

select sum(times) as remarks, max(times) as most, sum(case when is_hindi = 1 then times else 0 end) as hindi
from remarks
having max(times) > 20 + 0.05 * sum(times)
    or sum(times) > (select 0.25 * count(*) from {{ ref('marks') }})
    or (sum(times) > 200 and sum(case when is_hindi = 1 then times else 0 end) = 0)
