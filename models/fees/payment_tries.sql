{{ config(materialized='intermediate', slice_by=['branch'], tags=['fees'], rows=per_seat(4) ~ ' * var("years")') }}

-- One row per attempt to pay, up to the as-of date: an invoice's instalments, some with a failed attempt before them.
--
-- A family has a habit (when it pays, and whether in parts) and a method, both mostly the same from quarter to quarter;
-- once it has taken to UPI it stays with it. Mostly it pays for all its children at once. Everything is settled some
-- days before the year ends, or by the day on which the pupil leaves; but a few invoices are never paid, or not wholly.
-- Cash and cheques come to the counter on school days; the rest is paid at any time of the day. A failed payment online
-- is tried again by the same method, a returned cheque is made good in cash or by NEFT.
--
-- Rows: some 1.1 per invoice. Estimate: all shares (seeds payment_*); no figures are published for schools.

with calendar as materialized (      -- each day with the next school day, or the last one before it
    select
        {{ year_begins(first_year()) }} + since.days::int                               as day,
        coalesce(
            min(school.day) over (
                order by since.days desc rows between unbounded preceding and current row
            ),
            max(school.day) over (
                order by since.days rows between unbounded preceding and current row
            )
        )                                                                               as school_day
    from generate_series(0, {{ year_ends(current_year()) }} - {{ year_begins(first_year()) }}) as since(days)
    left join {{ ref('school_days') }} as school
        on school.branch_no = {{ branch.no }}
        and school.day = {{ year_begins(first_year()) }} + since.days::int
),

payers as (                          -- who pays an invoice: the family for all its children, or for this one alone
    select
        due.year_no,
        due.n                                                                           as invoice_n,
        due.family_n,
        due.child_no,
        due.amount,
        due.issued_on,
        due.due_on,
        -- the books are closed, and report cards handed out, 20 days before the year's end
        least(due.last_day, {{ year_ends('due.year_no') }} - 20)                        as settled_on,
        {{ payer_n('due.pupil_n', 'due.year_no', 'due.quarter') }}                      as pupil_payer_n,
        {{ payer_n('due.family_n', 'due.year_no', 'due.quarter') }}                     as family_payer_n
    from {{ ref('dues') }} as due
    where due.branch_no = {{ branch.no }}
      and not due.is_void
    offset 0                         -- a fence, as below: PostgreSQL would compute a hash again wherever it is used
),

together as (                        -- his row number, for everything that happens to all that he pays for
    select
        payer.year_no,
        payer.invoice_n,
        payer.family_n,
        payer.child_no,
        payer.amount,
        payer.issued_on,
        payer.due_on,
        payer.settled_on,
        payer.pupil_payer_n,
        case
            when {{ random_int('together', 'payer.family_payer_n', 0, 99) }} < custom.together_pct
                then payer.family_payer_n
            else payer.pupil_payer_n
        end                                                                             as n
    from payers as payer
    cross join {{ seed('payment_customs') }} as custom
    offset 0
),

minded as (                          -- his habit and method, as always or for once another, and what may go wrong
    select
        payer.year_no,
        payer.invoice_n,
        payer.family_n,
        payer.child_no,
        payer.amount,
        payer.issued_on,
        payer.due_on,
        payer.settled_on,
        payer.pupil_payer_n,
        payer.n,
        case
            when {{ random_int('as always', 'payer.n', 0, 99) }} < custom.same_habit_pct
                then {{ pick('habit', 'payer.family_n', 'payment_habits') }}
            else {{ pick('mood', 'payer.n', 'payment_habits') }}
        end                                                                             as habit_slot,
        case
            when {{ random_int('usual method', 'payer.n', 0, 99) }} < custom.same_method_pct then payer.family_n
            else payer.n + 8388608   -- behind all family numbers
        end                                                                             as method_n,
        {{ random_int('three parts', 'payer.n', 0, 99) }} < custom.third_part_pct       as in_three,
        {{ random_int('rest', 'payer.pupil_payer_n', 0, 99) }} >= custom.rest_never_pct as pays_the_rest,
        {{ random_int('tries again', 'payer.pupil_payer_n', 0, 99) }} < custom.tries_again_pct as tries_again
    from together as payer
    cross join {{ seed('payment_customs') }} as custom
    offset 0
),

methods as (                         -- a family takes to UPI when the share of UPI has grown to the family's own lot
    select
        payer.year_no,
        payer.invoice_n,
        payer.family_n,
        payer.child_no,
        payer.amount,
        payer.issued_on,
        payer.due_on,
        payer.settled_on,
        payer.pupil_payer_n,
        payer.n,
        payer.habit_slot,
        payer.in_three,
        payer.pays_the_rest,
        payer.tries_again,
        {{ random_int('takes to UPI', 'payer.method_n', 0, 999) }} < upi.share_permille as is_upi,
        {{ pick('method', 'payer.method_n', 'payment_methods') }}                       as method_slot
    from minded as payer
    join {{ seed('payment_methods') }} as upi
        on upi.year_no = payer.year_no
        and upi.is_upi
    offset 0
),

planned as (                         -- the day of the first payment, and whether there is to be one at all
    select
        payer.invoice_n,
        payer.year_no,
        payer.family_n,
        payer.child_no,
        payer.amount,
        payer.settled_on,
        payer.pupil_payer_n,
        payer.n,
        payer.in_three,
        payer.pays_the_rest,
        payer.tries_again,
        chosen.method,
        way.at_counter,
        way.failed_permille,
        {{ random_int('in parts', 'payer.n', 0, 99) }} < habit.parts_pct                as in_parts,
        greatest(
            least(
                payer.due_on + {{ random_int('day', 'payer.n', 'habit.from_days', 'habit.to_days') }}::int,
                payer.settled_on - {{ random_int('days to spare', 'payer.n', 0, 6) }}::int
            ),
            payer.issued_on + {{ random_int('days at least', 'payer.n', 0, 4) }}::int
        )                                                                               as day
    from methods as payer
    join {{ slots('payment_habits') }} as habit
        on habit.slot = payer.habit_slot
    join {{ slots('payment_methods') }} as chosen
        on chosen.year_no = payer.year_no
        and chosen.is_upi = payer.is_upi
        and chosen.slot = payer.method_slot
    join {{ seed('payment_ways') }} as way
        on way.method = chosen.method
    where {{ random_int('never', 'payer.pupil_payer_n', 0, 999) }} >= habit.never_permille
    offset 0
),

parts as (                           -- each instalment, if there is time for several
    select
        payer.year_no,
        payer.invoice_n,
        payer.family_n,
        payer.child_no,
        payer.amount,
        payer.method,
        payer.failed_permille,
        case when payer.at_counter then calendar.school_day else payer.day end          as first_day,
        case
            when not payer.in_parts or payer.day + 60 > payer.settled_on then 1
            when payer.in_three then 3
            else 2
        end                                                                             as parts,
        payer.tries_again,
        part.no                                                                         as part,
        payer.n * 4 + part.no                                                           as n,
        payer.pupil_payer_n * 4 + part.no                                               as own_n
    from planned as payer
    join calendar
        on calendar.day = payer.day
    cross join (values (0), (1), (2)) as part(no)
    where part.no = 0
       or (payer.in_parts and payer.day + 60 <= payer.settled_on and payer.pays_the_rest
            and part.no < case when payer.in_three then 3 else 2 end)
    offset 0
),

shares as (                          -- its day and amount, and how it goes
    select
        part.year_no,
        part.invoice_n,
        part.family_n,
        part.child_no,
        part.part,
        part.n,
        part.own_n,
        part.method,
        part.first_day + 15 * part.part
            + case when part.part > 0 then {{ random_int('later', 'part.n', 0, 14) }}::int else 0 end as day,
        case                         -- thirds or halves in whole hundreds, the last one is the rest
            when part.part < part.parts - 1 then part.amount / (100 * part.parts) * 100
            else part.amount - part.amount / (100 * part.parts) * 100 * (part.parts - 1)
        end                                                                             as amount,
        part.tries_again or part.parts > 1                                              as tries_again,
        {{ random_int('fails', 'part.own_n', 0, 999) }} < part.failed_permille          as fails,
        {{ random_int('same day', 'part.own_n', 0, 99) }} < custom.same_day_pct         as on_same_day,
        {{ random_int('in cash', 'part.own_n', 0, 99) }} < custom.cash_after_cheque_pct as in_cash,
        {{ random_int('days after', 'part.own_n', 1, 3) }}::int                         as days_after
    from parts as part
    cross join {{ seed('payment_customs') }} as custom
    offset 0
),

tries as (                           -- one row per attempt: 0 is the one that fails, 1 the one that does not
    select
        share.year_no,
        share.invoice_n,
        share.family_n,
        share.child_no,
        {{ payment_n('share.invoice_n', 'share.part', 'attempt.no') }}                  as n,
        share.amount,
        attempt.no = 0                                                                  as fails,
        share.fails and attempt.no = 1                                                  as is_second,
        case
            when attempt.no = 0 or not share.fails or share.method <> 'cheque' then share.method
            when share.in_cash then 'cash'
            else 'neft'
        end                                                                             as method,
        share.day + case
            when attempt.no = 0 or not share.fails then 0
            when share.method = 'cheque' then share.days_after * 3 + 5      -- a bank takes its time
            when share.on_same_day then 0
            else share.days_after
        end                                                                             as day,
        attempt.no = 1 and share.fails and share.on_same_day and share.method <> 'cheque' as is_soon,
        case                         -- another moment of the day for who tries again on another day
            when attempt.no = 1 and share.fails and not (share.on_same_day and share.method <> 'cheque')
                then share.n + 1073741824
            else share.n
        end                                                                             as moment_n,
        share.own_n + 1073741824 * attempt.no                                           as own_n
    from shares as share
    cross join (values (0), (1)) as attempt(no)
    where case when attempt.no = 0 then share.fails else not share.fails or share.tries_again end
    offset 0
),

timed as (                           -- the moment of each: brothers and sisters a minute or two after one another
    select
        try.year_no,
        try.n,
        try.invoice_n,
        try.method,
        gateway.gateway,
        try.amount,
        try.fails,
        case when way.at_counter then calendar.school_day else calendar.day end
            + interval '1 second' * (
                (way.first_minute - 330) * 60      -- India is 330 minutes ahead of UTC
                + {{ random_int('second', 'try.moment_n', 0, '(way.last_minute - way.first_minute) * 60 - 1') }}
                + case when try.is_soon then 100 else 0 end
                + {{ random_int('seconds later', 'try.own_n', 70, 150) }}
                    * (try.child_no + case when try.is_soon then 8 else 0 end)
            )::int                                                                      as created_at,
        {{ random_int('days', 'try.own_n', 'way.settles_from_days', 'way.settles_to_days') }}::int as settles_days,
        {{ random_int('seconds', 'try.own_n', 'way.settles_from_seconds', 'way.settles_to_seconds') }}::int
                                                                                        as settles_seconds
    from tries as try
    join {{ seed('payment_ways') }} as way
        on way.method = try.method
    join {{ slots('payment_gateways') }} as gateway
        on gateway.method = try.method
        and gateway.slot = {{ pick('gateway', 'try.family_n', 'payment_gateways') }}
    join calendar
        on calendar.day = try.day
    where try.day <= {{ var('as_of') }}
    offset 0
),

settled as (                         -- when it is known whether the money came; banks do not clear cheques on Sundays
    select
        year_no,
        n,
        invoice_n,
        method,
        gateway,
        amount,
        fails,
        created_at,
        created_at + interval '1 second' * (
            settles_seconds + 86400 * (
                settles_days
                + case
                    when settles_days > 0 and extract(isodow from created_at)::int + settles_days = 7 then 1
                    else 0
                end
            )
        )                                                                               as settled_at
    from timed
    where created_at::date <= {{ var('as_of') }}
)

select
    {{ branch.no }}                                                                     as branch_no,
    year_no,
    n,
    invoice_n,
    amount,
    method,
    gateway,
    case
        when settled_at::date > {{ var('as_of') }} then 'pending'
        when fails then 'failed'
        else 'success'
    end                                                                                 as status,
    created_at::timestamp(3)                                                            as created_at,
    case
        when settled_at::date > {{ var('as_of') }} then created_at
        else settled_at
    end::timestamp(3)                                                                   as updated_at
from settled
