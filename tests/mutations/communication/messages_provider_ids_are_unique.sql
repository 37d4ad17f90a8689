update {{ ref('messages') }} set "providerId" = (select min("providerId") from {{ ref('messages') }})
where "id" = (select max("id") from {{ ref('messages') }} where "providerId" is not null and "providerId" <> (select min("providerId") from {{ ref('messages') }}))
