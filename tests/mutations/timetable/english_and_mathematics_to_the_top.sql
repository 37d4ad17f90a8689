update {{ ref('subjects') }}
set "name" = replace("name", 'English', 'Welsh')
