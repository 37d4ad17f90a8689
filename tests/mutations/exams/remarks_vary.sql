update {{ ref('marks') }} set "remarks" = 'Good' where "remarks" is not null
