-- Nothing but e-mail is sent in the recipient's quiet hours, which are India time: 21:00-07:00.
-- A row is a message that was.
with recipients as (                 -- whom each preference is of, and where he is reached; a token is made of the owner's id
    select
        preference."ownerType",
        preference."ownerId",
        preference."channel",
        preference."consent",
        preference."quietHours",
        case preference."channel"
            when 'push' then 'fcm:' || md5(preference."ownerId" || ' device')
            when 'email' then coalesce(guardian."email", employee."email")
            else coalesce(guardian."phoneNumber", employee."phone")
        end as address
    from {{ ref('preferences') }} as preference
    left join {{ ref('guardians') }} as guardian
        on guardian."id" = preference."ownerId"
    left join {{ ref('staff') }} as employee
        on employee."id" = preference."ownerId"
),

quiet as (                           -- their quiet hours in minutes after midnight
    select
        address,
        "channel",
        left("quietHours", 2)::int * 60 + split_part(split_part("quietHours", '-', 1), ':', 2)::int as begins,
        left(split_part("quietHours", '-', 2), 2)::int * 60 + right("quietHours", 2)::int as ends
    from recipients
    where "quietHours" is not null
),

sent as (                            -- the minute of sending in India
    select
        "id",
        "channel",
        "to",
        ((extract(hour from "sentAt") * 60 + extract(minute from "sentAt"))::int + 330) % 1440 as minute
    from {{ ref('messages') }}
    where "sentAt" is not null
)

select sent."id", sent.minute, quiet.begins, quiet.ends
from sent
join quiet
    on quiet.address = sent."to"
    and quiet."channel" = sent."channel"
where case
        when quiet.begins < quiet.ends then sent.minute >= quiet.begins and sent.minute < quiet.ends
        else sent.minute >= quiet.begins or sent.minute < quiet.ends
    end
