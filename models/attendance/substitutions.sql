{{ config(table='Substitution', slice_by=['branch', 'year'], tags=['attendance', 'timetable'],
          rows=per_section(80) ~ ' * [1, var("attendance_days") / 365]|min',
          lint={'total-order': 'n numbers the staff of a branch'}) }}

-- One row per lesson and day whose teacher was not in the building, up to the as-of date.
--
-- The office asks for a substitute when it knows of the absence: before the first lesson, or during the morning for an
-- afternoon. Where somebody is free the arrangement is approved by the vice principal, in the primary wing by the
-- headmistress, or by the principal where there is neither; where nobody is, it is rejected, and the lesson is not
-- held. On the as-of date itself some afternoon lessons have a substitute and still wait for the signature.
--
-- date is midnight of the school day, as India writes it, without a time of its own.
-- Rows: those of missed_lessons, some 6 per hundred lessons. Estimate: reasons, times, how many wait for a signature,
-- and how often a laboratory lesson is held in the section's own classroom instead (var('own_classroom_share')).

with missed as (                     -- each lesson, with what was decided, when it was asked for, and how long it took
    select
        n,
        lesson_n,
        level,
        letter,
        is_lab
            and substitute_n is not null
            and {{ chance('own classroom', 'n', var('own_classroom_share')) }}          as is_moved,
        teacher_n,
        designation,
        day,
        occasion,
        substitute_n,
        case
            when substitute_n is null then 'rejected'
            when day = {{ var('as_of') }}
                and period > 5
                and {{ chance('still waits', 'n', var('awaited_signature_share')) }}
                then 'pending'
            else 'approved'
        end                                                                             as status,
        case
            -- who goes home at lunch, after the fifth lesson, says so in the short break
            when occasion = 'HALF_DAY' and period > 5 then {{ utc_at('day', '10:20') }}
            else {{ utc_at('day', '08:00') }}
        end + interval '1 second' * {{ random_int('asked', 'n', 0, 479) }}::int         as asked_at,
        {{ random_int('seconds to decide', 'n', 60, 660) }}::int                        as seconds_to_decide,
        {{ pick('reason', 'began_n', 'substitution_reasons') }}                         as reason_slot
    from {{ ref('missed_lessons') }}
    where branch_no = {{ branch.no }}
      and year_no = {{ year.no }}
),

heads as (                           -- who may approve, for the primary wing and the rest, the nearest in rank first
    select
        wing.is_primary,
        {{ key_of('staff', 'head.n') }}                                                 as staff_id,
        row_number() over (
            partition by wing.is_primary
            order by case when head.designation = 'Principal' then 1 else 0 end, head.n
        )                                                                               as rank_no
    from {{ ref('staff_plan') }} as head
    cross join (values (true), (false)) as wing(is_primary)
    where head.branch_no = {{ branch.no }}
      and {{ year.no }} between head.first_year and head.last_year
      and (
          head.designation = 'Principal'
          or head.designation = case when wing.is_primary then 'Headmistress' else 'Vice Principal' end
      )
)

select
    {{ key('missed.n') }}                                                               as "id",
    {{ branch.id }}                                                                     as "branchId",
    {{ key_of('timetable_periods', 'missed.lesson_n') }}                                as "periodId",
    {{ key_of('teachers', 'missed.substitute_n') }}                                     as "substituteTeacherId",
    case                             -- a classroom has its section's number
        when missed.is_moved then {{ key_of('rooms', section_n('missed.level', 'missed.letter')) }}
    end                                                                                 as "substituteRoomId",
    missed.day::timestamp(3)                                                            as "date",
    replace(
        replace(because.reason, '{teacher}', member."firstName" || ' ' || member."lastName"),
        '{post}',
        missed.designation
    )                                                                                   as "reason",
    missed.status                                                                       as "status",
    case when missed.status = 'approved' then head.staff_id end                         as "approvedBy",
    case
        when missed.status = 'approved' then missed.asked_at + interval '1 second' * missed.seconds_to_decide
    end::timestamp(3)                                                                   as "approvedAt",
    missed.asked_at::timestamp(3)                                                       as "createdAt",
    (
        missed.asked_at
        + interval '1 second' * case when missed.status = 'pending' then 0 else missed.seconds_to_decide end
    )::timestamp(3)                                                                     as "updatedAt"
from missed
join {{ ref('staff') }} as member
    on member."id" = {{ key_of('staff', 'missed.teacher_n') }}
    and member."branchId" = {{ branch.id }}
join {{ slots('substitution_reasons') }} as because
    on because.occasion = missed.occasion
    and because.is_covered = (missed.substitute_n is not null)
    and because.slot = missed.reason_slot
join heads as head
    on head.is_primary = (missed.level <= 7)          -- up to Class 5
    and head.rank_no = 1
