-- A message about a pupil goes to his primary guardian, or to himself, and calls both by their names.
-- A row is a message about a pupil that went elsewhere.
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

about as materialized (              -- the messages about a pupil
    select
        "id",
        "channel",
        "to",
        "payload"::jsonb ->> 'studentId' as student_id,
        "payload"::jsonb ->> 'name' as name,
        "payload"::jsonb ->> 'studentName' as student_name
    from {{ ref('messages') }}
    where position('"studentId": ' in "payload") > 0
)

select about."id", about."to", about.name, about.student_name
from about
left join recipients as owner
    on owner.address = about."to"
    and owner."channel" = about."channel"
left join {{ ref('students') }} as student
    on student."id" = about.student_id
left join {{ ref('student_guardians') }} as tie
    on tie."studentId" = about.student_id
    and tie."isPrimary"
left join {{ ref('guardians') }} as guardian
    on guardian."id" = tie."guardianId"
where owner."ownerId" is null
   or student."id" is null
   or coalesce(about.student_name <> student."firstName" || ' ' || student."lastName", true)
   or not case owner."ownerType"
        when 'guardian' then coalesce(owner."ownerId" = tie."guardianId" and about.name = guardian."name", false)
        else coalesce(owner."ownerId" = about.student_id and about.name = about.student_name, false)
    end
order by about."id"   -- the whole at once: PostgreSQL would else plan for the first rows, which there should be none of
