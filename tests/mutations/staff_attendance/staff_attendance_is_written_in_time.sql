-- a substitute is approved after the lesson
update {{ ref('substitutions') }}
set "approvedAt" = "approvedAt" + interval '8 hours', "updatedAt" = "updatedAt" + interval '8 hours'
where "id" = (select min("id") from {{ ref('substitutions') }} where "status" = 'approved')
