{{ config(table='Preference', slice_by=['branch'], tags=['communication'],
          rows=per_seat(7.4)) }}

-- One row per person and channel about which the school has asked him: whether it may write to him that way, and when
-- not.
-- Rows: four for a family's first contact, two for another guardian, three for staff, two for a pupil from Class 9 on.
-- quietHours are India time, from-until, as 21:00-07:00: no text message, WhatsApp or app notice arrives in them.
-- E-mail rings nowhere and has none. Estimate: see contacts.

with asked as (                      -- each person with each channel; consent is null where he is not asked
    select
        contact.contact_n,
        contact.contact_n * 4 + channel.no                                              as n,
        contact.owner_no,
        contact.owner_id,
        channel.name                                                                    as channel,
        {{ allows('contact', 'channel.name') }}                                             as consent,
        case when channel.name <> 'email' then contact.quiet_hours end                  as quiet_hours,
        contact.asked_on,
        contact.changed_on
    from {{ ref('contacts') }} as contact
    cross join (values (0, 'sms'), (1, 'whatsapp'), (2, 'email'), (3, 'push')) as channel(no, name)
    where contact.branch_no = {{ branch.no }}
)

select
    {{ key('n') }}                                                                      as "id",
    {{ branch.id }}                                                                     as "branchId",
    case owner_no when 0 then 'guardian' when 1 then 'staff' else 'student' end         as "ownerType",
    owner_id                                                                            as "ownerId",
    channel                                                                             as "channel",
    consent                                                                             as "consent",
    quiet_hours                                                                         as "quietHours",
    {{ office_hour('asked', 'contact_n', 'asked_on') }}::timestamp(3)                   as "createdAt",
    case
        when changed_on is not null
            then {{ office_hour('changed', 'contact_n', 'changed_on') }}::timestamp(3)
        else {{ office_hour('asked', 'contact_n', 'asked_on') }}::timestamp(3)
    end                                                                                 as "updatedAt"
from asked
where consent is not null
