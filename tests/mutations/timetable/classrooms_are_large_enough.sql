update {{ ref('rooms') }}
set "capacity" = 5
