-- No key stands twice: the tables of the dry run have no unique indexes that would say so. A row: a value and how often.
{%- for table in ['teacher_attendance', 'teacher_daily_attendance'] %}

select '{{ table }}' as model, "id" as value, count(*) as times
from {{ ref(table) }}
group by "id"
having count(*) > 1
union all
select '{{ table }}', "teacherId" || ' ' || "date"::text, count(*)
from {{ ref(table) }}
group by "teacherId", "date"
having count(*) > 1
union all
{%- endfor %}

select 'substitutions', "id", count(*)
from {{ ref('substitutions') }}
group by "id"
having count(*) > 1
union all
select 'substitutions', "periodId" || ' ' || "date"::text, count(*)
from {{ ref('substitutions') }}
group by "periodId", "date"
having count(*) > 1
