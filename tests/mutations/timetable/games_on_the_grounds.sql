update {{ ref('rooms') }}
set "type" = 'classroom'
where "type" = 'sports'
