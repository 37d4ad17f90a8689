-- For every absence of the last days, as many as notice_rules keeps, the first contact has a notice, if he allows a channel.
-- A row is an absence without notice.
with absences as (
    select record."studentId" as student_id, record."date" as day
    from {{ ref('attendance_records') }} as record
    join {{ seed('notice_rules') }} as rule
        on rule.purpose = record."status"
    where record."status" = 'absent'
      and record."date"::date > {{ var('as_of') }} - rule.days_kept::int
),

notices as (
    select
        message."payload"::jsonb ->> 'studentId' as student_id,
        message."payload"::jsonb ->> 'date' as day
    from {{ ref('messages') }} as message
    join {{ ref('templates') }} as template
        on template."id" = message."templateId"
    where template."name" like 'Absence%'
),

reachable as (
    select distinct "ownerId" as id
    from {{ ref('preferences') }}
    where "ownerType" = 'guardian'
      and "channel" <> 'push'
      and "consent"
)

select absence.student_id, absence.day
from absences as absence
join {{ ref('student_guardians') }} as tie
    on tie."studentId" = absence.student_id
    and tie."isPrimary"
join reachable
    on reachable.id = tie."guardianId"
left join notices as notice
    on notice.student_id = absence.student_id
    and notice.day = absence.day
where notice.day is null
