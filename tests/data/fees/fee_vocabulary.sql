-- Only the words that the application's services accept, and periods such as Q1 2024-25. A row: another word.
select 'fee_schedules.recurrence' as what, "id", "recurrence" as word from {{ ref('fee_schedules') }}
where coalesce("recurrence" not in ('monthly', 'quarterly', 'halfYearly', 'annual'), true)
union all
select 'fee_schedules.status', "id", "status" from {{ ref('fee_schedules') }}
where coalesce("status" not in ('active', 'paused'), true)
union all
select 'invoices.status', "id", "status" from {{ ref('invoices') }}
where coalesce("status" not in ('issued', 'pending', 'partial', 'paid', 'overdue', 'cancelled'), true)
union all
select 'invoices.period', "id", "period" from {{ ref('invoices') }}
where coalesce(
    not "period" ~ '^Q[1-4] 20[0-9]{2}-[0-9]{2}$'
        or substring("period", 9, 2)::int <> (substring("period", 4, 4)::int + 1) % 100,
    true
)
union all
select 'payments.status', "id", "status" from {{ ref('payments') }}
where coalesce("status" not in ('success', 'pending', 'failed'), true)
union all
select 'payments.method', "id", "method" from {{ ref('payments') }}
where coalesce("method" not in ('upi', 'card', 'netbanking', 'cash', 'cheque', 'neft'), true)
union all
select 'payments.gateway', "id", "gateway" from {{ ref('payments') }}
where coalesce("gateway" not in ('razorpay', 'paytm', 'bank_transfer', 'cash', 'cheque'), true)
