-- 1 to 6 per cent of the payments fail, only online and by cheque, and most of them are followed by a success for the same
-- invoice and amount. More or fewer for a small number: four standard deviations; not counted are the failures of the last
-- three weeks. A row: the shares, if they are others, or a failure by another method.
with failures as (
    select
        payment."id" as id,
        payment."method" as method,
        max(case when again."id" is null then 0 else 1 end) as is_made_good
    from {{ ref('payments') }} as payment
    left join {{ ref('payments') }} as again
        on again."invoiceId" = payment."invoiceId"
        and again."amount" = payment."amount"
        and again."status" <> 'failed'
        and again."createdAt" > payment."updatedAt"
    where payment."status" = 'failed'
      and payment."createdAt"::date < {{ var('as_of') }} - 21
    group by payment."id", payment."method"
),

counted as (
    select
        (
            select count(*)
            from {{ ref('payments') }}
            where "createdAt"::date < {{ var('as_of') }} - 21
        )::double precision as payments,
        count(*)::double precision as failures,
        sum(is_made_good)::double precision as made_good,
        count(*) filter (where method not in ('upi', 'card', 'netbanking', 'cheque')) as others
    from failures
)

select payments, failures, made_good, others
from counted
where others > 0
   or failures < 0.01 * payments - 4 * sqrt(0.01::double precision * payments)
   or failures > 0.06 * payments + 4 * sqrt(0.06::double precision * payments)
   or made_good < 0.8 * failures - 4 * sqrt(0.16::double precision * failures)
