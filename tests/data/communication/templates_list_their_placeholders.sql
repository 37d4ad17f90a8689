-- Template.variables lists exactly the placeholders that stand in the text.
-- A row is a template and a name that is in one of the two only.
select template."id", template."variables", name.listed as name
from (
    select
        variable."id",
        variable."variables",
        variable."content",
        replace(split_part(trim(variable."variables", '[]'), ', ', item.no::int), '"', '') as listed
    from {{ ref('templates') }} as variable
    cross join generate_series(1, 12) as item(no)
) as name
join {{ ref('templates') }} as template
    on template."id" = name."id"
where name.listed <> ''
  and position('{' || '{' || name.listed || '}' || '}' in name."content") = 0
union all
select name."id", name."variables", name.used
from (
    select
        template."id",
        template."variables",
        split_part(split_part(template."content", '{' || '{', item.no::int), '}' || '}', 1) as used
    from {{ ref('templates') }} as template
    cross join generate_series(2, 12) as item(no)
    where split_part(template."content", '{' || '{', item.no::int) <> ''
) as name
where position('"' || name.used || '"' in name."variables") = 0
