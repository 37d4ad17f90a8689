-- A notice of absence or lateness is about a mark in the register, and is written on the same day after the roll call.
-- A row is a notice without such a mark.
with notices as materialized (
    select
        message."id",
        message."createdAt",
        message."payload"::jsonb ->> 'studentId' as student_id,
        message."payload"::jsonb ->> 'date' as day,
        case when template."name" like 'Late%' then 'late' else 'absent' end as status
    from {{ ref('messages') }} as message
    join {{ ref('templates') }} as template
        on template."id" = message."templateId"
    where template."name" like 'Absence%'
       or template."name" like 'Late%'
),

marks as (                           -- of the register, only those that a notice is about: there are few
    select "studentId", "date", "status"
    from {{ ref('attendance_records') }}
    where ("studentId", "date") in (select student_id, day from notices)
)

select notice."id", notice.student_id, notice.day, record."status"
from notices as notice
left join marks as record
    on record."studentId" = notice.student_id
    and record."date" = notice.day
where record."status" is null
   or record."status" <> notice.status
   or notice."createdAt"::date <> notice.day::date
