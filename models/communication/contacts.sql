{{ config(materialized='intermediate', slice_by=['branch'], tags=['communication'],
          rows=per_seat(2.6)) }}

-- One row per person to whom a branch may write: guardians, staff, and pupils from Class 9 on; what he allows.
--
-- A family's first contact is asked about all four channels, another guardian about sms and e-mail, staff about all but
-- the app, pupils about e-mail and the app: null where he is not asked. They are asked at admission, at joining, or on
-- reaching Class 9; what stands here is what holds from then on.
--
-- Rows: those of guardians and staff, and the older pupils. Estimate: shares, quiet hours, languages (seeds
-- contact_consents, quiet_hours, message_locales). Addresses are on a reserved example domain, where nobody is.

with people as (                     -- everybody; contact_n packs his kind, 0 guardian, 1 staff, 2 pupil, and number
    -- the adults of the families
    select
        {{ contact_n('0', guardian_n('family.family_n', 'role.no')) }}                  as contact_n,
        0                                                                               as owner_no,
        {{ guardian_n('family.family_n', 'role.no') }}                                  as owner_n,
        family.family_n,
        family.first_contact = role.relation                                            as is_first_contact,
        case when family.first_contact = role.relation then 'first contact' else 'guardian' end as contact,
        family.community,
        -- the family's eldest came then; his brothers and sisters later. A family has its eldest's number: where he is
        -- not among the pupils any more, it says in which year he came: cohort (from bit 18 on) and step (bits 0 to 3)
        coalesce(eldest.joined_on, {{ year_begins('2000 + family.family_n / 262144 + family.family_n % 16') }})
            - {{ random_int('days before joining', guardian_n('family.family_n', 'role.no'), 10, 60) }}::int as asked_on
    from {{ ref('families') }} as family
    cross join (values (0, 'father'), (1, 'mother'), (2, 'guardian')) as role(no, relation)
    left join {{ ref('pupils') }} as eldest
        on eldest.branch_no = family.branch_no
        and eldest.n = family.family_n
    where family.branch_no = {{ branch.no }}
      and case role.relation
            when 'father' then family.has_father
            when 'mother' then family.has_mother
            else family.has_other
        end
    union all
    -- the staff
    select
        {{ contact_n('1', 'post.n') }},
        1,
        post.n,
        null::bigint,
        false,
        'staff',
        'none',
        employee."joinDate"::date
    from {{ ref('staff_plan') }} as post
    join {{ ref('staff') }} as employee
        on employee."branchId" = {{ branch.id }}
        and employee."id" = {{ key_of('staff', 'post.n') }}
    where post.branch_no = {{ branch.no }}
    union all
    -- the pupils who have reached Class 9, which is level 11, in that year; who repeats a grade before it, a year later
    select
        {{ contact_n('2', 'pupil.n') }},
        2,
        pupil.n,
        null::bigint,
        false,
        'student',
        'none',
        greatest(
            pupil.joined_on,
            {{ year_begins('pupil.cohort + 11 - ' ~ branch.first_level
                           ~ ' + case when pupil.repeated_step < 11 - ' ~ branch.first_level ~ ' then 1 else 0 end') }}
        )
    from {{ ref('pupils') }} as pupil
    where pupil.branch_no = {{ branch.no }}
      and pupil.last_level >= 11
),

drawn as (                           -- what each allows, and where he falls in the lists
    select
        person.contact_n,
        person.owner_no,
        person.owner_n,
        person.family_n,
        person.is_first_contact,
        person.community,
        {{ not_sunday('person.asked_on') }}                                             as asked_on,
        {{ chance('sms', 'person.contact_n', 'share.sms_pct * 0.01') }}                 as by_sms,
        {{ chance('whatsapp', 'person.contact_n', 'share.whatsapp_pct * 0.01') }}       as by_whatsapp,
        {{ chance('email', 'person.contact_n', 'share.email_pct * 0.01') }}             as by_email,
        {{ chance('push', 'person.contact_n', 'share.push_pct * 0.01') }}               as by_push,
        {{ chance('changed', 'person.contact_n', 'share.changed_pct * 0.01') }}         as has_changed,
        {{ random_int('days until change', 'person.contact_n', 20, 900) }}::int         as days_until_change,
        {{ pick('quiet hours', 'person.contact_n', 'quiet_hours') }}                    as quiet_slot,
        {{ pick('language', 'person.contact_n', 'message_locales') }}                   as locale_slot
    from people as person
    join {{ seed('contact_consents') }} as share
        on share.contact = person.contact
)

select
    {{ branch.no }}                                                                     as branch_no,
    drawn.contact_n,
    drawn.owner_no,
    drawn.owner_n,
    drawn.family_n,
    drawn.is_first_contact,
    coalesce(guardian."id", employee."id", pupil."id")                                  as owner_id,
    coalesce(guardian."name", employee."firstName" || ' ' || employee."lastName",
             pupil."firstName" || ' ' || pupil."lastName")                              as name,
    coalesce(guardian."phoneNumber", employee."phone")                                  as telephone,
    coalesce(guardian."email", employee."email",
             {{ email_name('pupil."firstName"', 'pupil."lastName"') }} || '.' || drawn.owner_n || '.'
                || {{ branch.id }} || '@example.org')                                   as email,
    drawn.by_sms,
    drawn.by_whatsapp,
    drawn.by_email,
    drawn.by_push,
    quiet.quiet_hours,
    quiet.quiet_from,
    quiet.quiet_until,
    coalesce(spoken.locale, 'en')                                                       as locale,
    drawn.asked_on,
    case
        when drawn.has_changed and drawn.asked_on + drawn.days_until_change <= {{ var('as_of') }}
            then {{ not_sunday('(drawn.asked_on + drawn.days_until_change)') }}
    end                                                                                 as changed_on
from drawn
join {{ slots('quiet_hours') }} as quiet
    on quiet.slot = drawn.quiet_slot
left join {{ slots('message_locales') }} as spoken
    on spoken.state = {{ branch.state }}
    and spoken.community = drawn.community
    and spoken.slot = drawn.locale_slot
left join {{ ref('guardians') }} as guardian
    on drawn.owner_no = 0
    and guardian."branchId" = {{ branch.id }}
    and guardian."id" = {{ key_of('guardians', 'drawn.owner_n') }}
left join {{ ref('staff') }} as employee
    on drawn.owner_no = 1
    and employee."branchId" = {{ branch.id }}
    and employee."id" = {{ key_of('staff', 'drawn.owner_n') }}
left join {{ ref('students') }} as pupil
    on drawn.owner_no = 2
    and pupil."branchId" = {{ branch.id }}
    and pupil."id" = {{ key_of('students', 'drawn.owner_n') }}
