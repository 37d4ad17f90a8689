-- Nobody is written to by a channel that he does not allow; every recipient has been asked.
-- A row is a message whose recipient nobody knows, or did not consent to the channel. Pupils have no address in the
-- schema but the token; their e-mail is not used.
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
)

select message."id", message."channel", message."to", recipient."consent"
from {{ ref('messages') }} as message
left join recipients as recipient
    on recipient.address = message."to"
    and recipient."channel" = message."channel"
where recipient."consent" is null
   or not recipient."consent"
