update {{ ref('rooms') }}
set "updatedAt" = "createdAt" - interval '1 day'
