-- a lesson is taken on the day after
update {{ ref('substitutions') }}
set "date" = "date" + interval '1 day'
where "id" = (select min("id") from {{ ref('substitutions') }} where "status" = 'approved')
