-- a missed lesson is forgotten
delete from {{ ref('substitutions') }}
where "id" = (select min("id") from {{ ref('substitutions') }})
