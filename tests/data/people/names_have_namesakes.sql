-- Full names collide as they do among people. Two pupils taken at random are namesakes once in 5,000 to 1,000,000
-- times, and no name is carried by one in 300, with four standard deviations; the same for guardians.
-- A row: a table of which that is not true. The odds do not depend on how many people there are; they are estimates.
with names as (
    select 'students' as model, "firstName" || ' ' || "lastName" as name, count(*) as people
    from {{ ref('students') }}
    group by "firstName" || ' ' || "lastName"
    union all
    select 'guardians', "name", count(*)
    from {{ ref('guardians') }}
    group by "name"
),

totals as (
    select
        model,
        sum(people)::double precision as people,
        count(*) as names,
        max(people) as most,
        sum(people * (people - 1))::double precision as namesakes,
        sum(people)::double precision * (sum(people)::double precision - 1) as pairs
    from names
    group by model
)

select model, people, names, most, namesakes
from totals
where namesakes > pairs / 5000 + 4 * sqrt(pairs / 5000)
   or namesakes < pairs / 1000000 - 4 * sqrt(pairs / 1000000)
   or most > people / 300 + 4 * sqrt(people / 300)
