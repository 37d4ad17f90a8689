{{ config(materialized='intermediate', slice_by=['branch'], tags=['fees'], rows=per_seat(4) ~ ' * var("years")',
          lint={'integer-division': 'instalments are whole hundreds of rupees, and the last one is the rest'}) }}

-- One row per attempt to pay, up to the as-of date: an invoice's instalments, some with a failed attempt before them.
--
-- A family has a habit (when it pays, and whether in parts) and a method, both mostly the same from quarter to quarter;
-- once it has taken to UPI it stays with it. Mostly it pays for all its children at once. Everything is settled some
-- days before the year ends, or by the day on which the pupil leaves; but a few invoices are never paid, or not wholly.
-- Cash and cheques come to the counter on school days; the rest is paid at any time of the day. A failed payment online
-- is tried again by the same method, a returned cheque is made good in cash or by NEFT.
--
-- Rows: some 1.1 per invoice. Estimate: all shares (seeds payment_*); no figures are published for schools.
--
-- A row per invoice becomes a row per instalment and then per attempt. What is drawn by payer_n, the number of who pays
-- in the quarter, is the same for all children for whom the family pays together; what is drawn by own_n is the child's
-- own. Both come of the macro payer_n and are below 2^28; with the instalment in their low two bits, below 2^30.
-- Invoices, payments, notices and the audit log all read these rows: that is why it is an intermediate.

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

bills as (                           -- each invoice to be paid, with both numbers by which a payer may be drawn
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
        {{ payer_n('due.pupil_n', 'due.year_no', 'due.quarter') }}                      as own_n,
        {{ payer_n('due.family_n', 'due.year_no', 'due.quarter') }}                     as family_payer_n
    from {{ ref('dues') }} as due
    where due.branch_no = {{ branch.no }}
      and not due.is_void
    offset 0                         -- a fence, as below: PostgreSQL would compute a hash again wherever it is used
),

payers as (                          -- who pays it: the family for all its children, or for this one alone
    select
        bill.year_no,
        bill.invoice_n,
        bill.family_n,
        bill.child_no,
        bill.amount,
        bill.issued_on,
        bill.due_on,
        bill.settled_on,
        bill.own_n,
        case
            when {{ random_int('together', 'bill.family_payer_n', 0, 99) }} < custom.together_pct
                then bill.family_payer_n
            else bill.own_n
        end                                                                             as payer_n
    from bills as bill
    cross join {{ seed('payment_customs') }} as custom
    offset 0
),

habits as (                          -- his habit, and whose lots choose the method: the family's or another; and what
                                     -- becomes of instalments and failed attempts
    select
        bill.year_no,
        bill.invoice_n,
        bill.family_n,
        bill.child_no,
        bill.amount,
        bill.issued_on,
        bill.due_on,
        bill.settled_on,
        bill.own_n,
        bill.payer_n,
        case
            when {{ random_int('as always', 'bill.payer_n', 0, 99) }} < custom.same_habit_pct
                then {{ pick('habit', 'bill.family_n', 'payment_habits') }}
            else {{ pick('mood', 'bill.payer_n', 'payment_habits') }}
        end                                                                             as habit_slot,
        case
            when {{ random_int('usual method', 'bill.payer_n', 0, 99) }} < custom.same_method_pct then bill.family_n
            else bill.payer_n + 8388608                    -- 2^23: above all family numbers (macro pupil_n)
        end                                                                             as method_n,
        {{ random_int('three parts', 'bill.payer_n', 0, 99) }} < custom.third_part_pct  as in_three,
        {{ random_int('rest', 'bill.own_n', 0, 99) }} >= custom.rest_never_pct          as pays_the_rest,
        {{ random_int('tries again', 'bill.own_n', 0, 99) }} < custom.tries_again_pct   as tries_again
    from payers as bill
    cross join {{ seed('payment_customs') }} as custom
    offset 0
),

methods as (                         -- a family takes to UPI when the share of UPI has grown to the family's own lot
    select
        bill.year_no,
        bill.invoice_n,
        bill.family_n,
        bill.child_no,
        bill.amount,
        bill.issued_on,
        bill.due_on,
        bill.settled_on,
        bill.own_n,
        bill.payer_n,
        bill.habit_slot,
        bill.in_three,
        bill.pays_the_rest,
        bill.tries_again,
        {{ random_int('takes to UPI', 'bill.method_n', 0, 999) }} < upi.share_permille  as is_upi,
        {{ pick('method', 'bill.method_n', 'payment_methods') }}                        as method_slot
    from habits as bill
    join {{ seed('payment_methods') }} as upi
        on upi.year_no = bill.year_no
        and upi.is_upi
    offset 0
),

first_days as (                      -- the day of the first payment; without the invoices that are never paid
    select
        bill.year_no,
        bill.invoice_n,
        bill.family_n,
        bill.child_no,
        bill.amount,
        bill.settled_on,
        bill.own_n,
        bill.payer_n,
        bill.in_three,
        bill.pays_the_rest,
        bill.tries_again,
        chosen.method,
        way.at_counter,
        way.failed_permille,
        {{ random_int('in parts', 'bill.payer_n', 0, 99) }} < habit.parts_pct           as in_parts,
        -- as the habit says, but in time, and not before the invoice is there
        greatest(
            least(
                bill.due_on + {{ random_int('day', 'bill.payer_n', 'habit.from_days', 'habit.to_days') }}::int,
                bill.settled_on - {{ random_int('days to spare', 'bill.payer_n', 0, 6) }}::int
            ),
            bill.issued_on + {{ random_int('days at least', 'bill.payer_n', 0, 4) }}::int
        )                                                                               as day
    from methods as bill
    join {{ slots('payment_habits') }} as habit
        on habit.slot = bill.habit_slot
    join {{ slots('payment_methods') }} as chosen
        on chosen.year_no = bill.year_no
        and chosen.is_upi = bill.is_upi
        and chosen.slot = bill.method_slot
    join {{ seed('payment_ways') }} as way
        on way.method = chosen.method
    where {{ random_int('never', 'bill.own_n', 0, 999) }} >= habit.never_permille
    offset 0
),

plans as (                           -- in how many parts; in one where a late part, tried again, might not be in time
    select
        bill.year_no,
        bill.invoice_n,
        bill.family_n,
        bill.child_no,
        bill.amount,
        bill.own_n,
        bill.payer_n,
        bill.pays_the_rest,
        bill.tries_again,
        bill.method,
        bill.failed_permille,
        case when bill.at_counter then calendar.school_day else bill.day end            as day,
        case
            when not bill.in_parts or bill.day + 60 > bill.settled_on then 1
            when bill.in_three then 3
            else 2
        end                                                                             as parts
    from first_days as bill
    join calendar
        on calendar.day = bill.day
),

instalments as (                     -- a row for each: some never pay more than the first part
    select
        plan.year_no,
        plan.invoice_n,
        plan.family_n,
        plan.child_no,
        plan.amount,
        plan.method,
        plan.failed_permille,
        plan.day                                                                        as first_day,
        plan.parts,
        plan.tries_again,
        part.no                                                                         as part,
        plan.own_n * 4 + part.no                                                        as own_n,
        plan.payer_n * 4 + part.no                                                      as payer_n
    from plans as plan
    cross join (values (0), (1), (2)) as part(no)
    where part.no = 0
       or (part.no < plan.parts and plan.pays_the_rest)
    offset 0
),

outcomes as (                        -- its day and amount, and how it goes
    select
        instalment.year_no,
        instalment.invoice_n,
        instalment.family_n,
        instalment.child_no,
        instalment.part,
        instalment.own_n,
        instalment.payer_n,
        instalment.method,
        instalment.first_day + 15 * instalment.part
            + case when instalment.part > 0 then {{ random_int('later', 'instalment.payer_n', 0, 14) }}::int else 0 end
                                                                                        as day,
        case                         -- thirds or halves in whole hundreds, the last one is the rest
            when instalment.part < instalment.parts - 1 then instalment.amount / (100 * instalment.parts) * 100
            else instalment.amount - instalment.amount / (100 * instalment.parts) * 100 * (instalment.parts - 1)
        end                                                                             as amount,
        instalment.tries_again or instalment.parts > 1                                  as tries_again,
        {{ random_int('fails', 'instalment.own_n', 0, 999) }} < instalment.failed_permille as fails,
        {{ random_int('same day', 'instalment.own_n', 0, 99) }} < custom.same_day_pct   as on_same_day,
        {{ random_int('in cash', 'instalment.own_n', 0, 99) }} < custom.cash_after_cheque_pct as in_cash,
        {{ random_int('days after', 'instalment.own_n', 1, 3) }}::int                   as days_after
    from instalments as instalment
    cross join {{ seed('payment_customs') }} as custom
    offset 0
),

attempts as (                        -- one row per attempt: 0 is the one that fails, 1 the one that does not
    select
        outcome.year_no,
        outcome.invoice_n,
        outcome.family_n,
        outcome.child_no,
        {{ payment_n('outcome.invoice_n', 'outcome.part', 'attempt.no') }}              as n,
        outcome.amount,
        attempt.no = 0                                                                  as fails,
        case
            when attempt.no = 0 or not outcome.fails or outcome.method <> 'cheque' then outcome.method
            when outcome.in_cash then 'cash'
            else 'neft'
        end                                                                             as method,
        outcome.day + case
            when attempt.no = 0 or not outcome.fails then 0
            when outcome.method = 'cheque' then 5 + 3 * outcome.days_after     -- a bank takes its time: 8 to 14 days
            when outcome.on_same_day then 0
            else outcome.days_after
        end                                                                             as day,
        attempt.no = 1 and outcome.fails and outcome.on_same_day and outcome.method <> 'cheque' as is_soon,
        -- the numbers for the time of the day, and for all else of the attempt; 2^30 more gives lots of their own to a
        -- second attempt: to its time only where it comes on another day
        case
            when attempt.no = 1 and outcome.fails and not (outcome.on_same_day and outcome.method <> 'cheque')
                then outcome.payer_n + 1073741824
            else outcome.payer_n
        end                                                                             as moment_n,
        outcome.own_n + 1073741824 * attempt.no                                         as own_n
    from outcomes as outcome
    cross join (values (0), (1)) as attempt(no)
    where case when attempt.no = 0 then outcome.fails else not outcome.fails or outcome.tries_again end
    offset 0
),

moments as (                         -- the time of each: brothers and sisters follow one another by a minute or two,
                                     -- and who tries again soon does so some ten to twenty minutes later
    select
        attempt.year_no,
        attempt.n,
        attempt.invoice_n,
        attempt.method,
        gateway.gateway,
        attempt.amount,
        attempt.fails,
        case when way.at_counter then calendar.school_day else calendar.day end
            + interval '1 second' * (
                (way.first_minute - 330) * 60              -- India is 330 minutes ahead of UTC
                + {{ random_int('second', 'attempt.moment_n', 0, '(way.last_minute - way.first_minute) * 60 - 1') }}
                + case when attempt.is_soon then 100 else 0 end
                + {{ random_int('seconds later', 'attempt.own_n', 70, 150) }}
                    * (attempt.child_no + case when attempt.is_soon then 8 else 0 end)
            )::int                                                                      as created_at,
        {{ random_int('days', 'attempt.own_n', 'way.settles_from_days', 'way.settles_to_days') }}::int as settles_days,
        {{ random_int('seconds', 'attempt.own_n', 'way.settles_from_seconds', 'way.settles_to_seconds') }}::int
                                                                                        as settles_seconds
    from attempts as attempt
    join {{ seed('payment_ways') }} as way
        on way.method = attempt.method
    join {{ slots('payment_gateways') }} as gateway
        on gateway.method = attempt.method
        and gateway.slot = {{ pick('gateway', 'attempt.family_n', 'payment_gateways') }}
    join calendar
        on calendar.day = attempt.day
    where attempt.day <= {{ var('as_of') }}
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
            settles_seconds + 24 * 60 * 60 * (
                settles_days
                + case
                    when settles_days > 0 and extract(isodow from created_at)::int + settles_days = 7 then 1
                    else 0
                end
            )
        )                                                                               as settled_at
    from moments
    where created_at::date <= {{ var('as_of') }}
)

-- what is not known on the as-of date is pending, and was not touched since
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
