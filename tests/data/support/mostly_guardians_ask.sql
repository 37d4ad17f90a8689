-- Most tickets are opened by guardians; pupils who do are in Class 9 or above. A row is the share of guardians, if it is
-- lower than chance explains, or a ticket of a younger pupil.
with shares as (
    select
        count(*) filter (where "ownerType" = 'guardian')::double precision / count(*) as share,
        4 * sqrt(0.25::double precision / count(*)) as slack
    from {{ ref('tickets') }}
    having count(*) > 0
)

select 'share of guardians: ' || round(share::numeric, 4)::text as what
from shares
where share < 0.5 - slack
union all
select 'too young: ' || ticket."id"
from {{ ref('tickets') }} as ticket
join {{ ref('students') }} as student
    on student."id" = ticket."ownerId"
join {{ ref('classes') }} as class
    on class."id" = student."classId"
where ticket."ownerType" = 'student'
  and class."gradeLevel" < 11
