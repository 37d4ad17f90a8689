update {{ ref('messages') }} set "to" = (select max("phoneNumber") from {{ ref('guardians') }})
where "id" = (
    select min("id") from {{ ref('messages') }}
    where "channel" = 'sms'
      and position('"studentId": ' in "payload") > 0
      and "to" <> (select max("phoneNumber") from {{ ref('guardians') }})
)
