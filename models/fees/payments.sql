{{ config(table='Payment', slice_by=['branch', 'year'], tags=['fees'], rows=per_seat(4)) }}

-- One row per payment of an invoice: a success, one that failed, or one still on its way, such as a cheque at the bank.
-- Rows: those of payment_tries.
--
-- A reference looks as its gateway gives it: an id of Razorpay, a transaction number of Paytm, the bank's UTR of a NEFT
-- transfer (of banks whose codes start with ZZZ, which no bank has), the school's receipt for cash, the number of a
-- cheque with its receipt. All of them are invented. Each holds the payment's number, shuffled within branch and year,
-- and the branch and the year, and so is unique everywhere: either as on an invoice, or in one number, 32 years from
-- 2000 on for each branch.

with numbered as (                   -- the receipt number: another number below 2^28 for each payment (macro
                                     -- payment_n), so nine digits at most; and 16 bits to vary the references
    select
        n,
        invoice_n,
        amount,
        method,
        gateway,
        status,
        created_at,
        updated_at,
        {{ permute('receipt', 'n', 268435456) }}                        as receipt_no,
        {{ random_int('digits', 'n', 0, 65535) }}                       as digits
    from {{ ref('payment_tries') }}
    where branch_no = {{ branch.no }}
      and year_no = {{ year.no }}
    offset 0                         -- a fence: PostgreSQL would shuffle again wherever the number is used
)

select
    {{ key('n') }}                                                      as "id",
    {{ branch.id }}                                                     as "branchId",
    {{ key_of('invoices', 'invoice_n') }}                               as "invoiceId",
    gateway                                                             as "gateway",
    amount                                                              as "amount",
    status                                                              as "status",
    case gateway
        when 'razorpay'
            then 'pay_' || lpad(to_hex(receipt_no), 7, '0') || lpad(to_hex(digits), 4, '0')
                || lpad(to_hex({{ branch.no }} * 32 + {{ year.no }} - 2000), 3, '0')
        when 'paytm'
            then to_char(created_at, 'YYYYMMDD') || lpad(({{ branch.no }} * 32 + {{ year.no }} - 2000)::text, 4, '0')
                || lpad(receipt_no::text, 9, '0')
        when 'bank_transfer'
            then 'ZZZ' || chr(65 + (digits % 26)::int) || 'N' || to_char(created_at, 'YYDDD')
                || upper(lpad(to_hex({{ branch.no }} * 32 + {{ year.no }} - 2000), 3, '0'))
                || lpad(receipt_no::text, 9, '0')
        when 'cash'
            then {{ branch.code }} || '/' || {{ short_year(year.no) }} || '/R' || lpad(receipt_no::text, 9, '0')
        -- six digits: the largest is 65535 * 15 + 14
        else 'CHQ ' || lpad((digits * 15 + receipt_no % 15)::text, 6, '0') || ' ' || {{ branch.code }} || '/'
            || {{ short_year(year.no) }} || '/R' || lpad(receipt_no::text, 9, '0')
    end                                                                 as "reference",
    method                                                              as "method",
    null::timestamp(3)                                                  as "deletedAt",
    null::text                                                          as "deletedBy",
    created_at                                                          as "createdAt",
    updated_at                                                          as "updatedAt"
from numbered
