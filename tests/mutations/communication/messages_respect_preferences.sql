update {{ ref('preferences') }} set "consent" = false
where "ownerType" = 'guardian'
  and "channel" = 'sms'
  and "ownerId" = (
    select min(g."id") from {{ ref('guardians') }} as g join {{ ref('messages') }} as m on m."to" = g."phoneNumber" and m."channel" = 'sms'
)
