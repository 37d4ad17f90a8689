-- Nobody pays.
delete from {{ ref('payments') }}
