{#- The day of the month by which a branch wants its fees; the same every year. -#}
{% macro fee_due_day() -%}
    {{ choice('due day', '1', [[10, 50], [15, 25], [5, 15], [20, 10]], by=['branch'], of='fee_schedules') }}
{%- endmacro %}

{#- The short name of an academic year: 2024-25 for the year that begins in 2024. -#}
{% macro short_year(year_no) -%}
    {{ year_no }}::text || '-' || lpad((({{ year_no }} + 1) % 100)::text, 2, '0')
{%- endmacro %}

{#- An invoice of a year: the pupil and the quarter, 1 to 4. Below 2^25. -#}
{% macro invoice_n(pupil_n, quarter) -%}
    {{ pupil_n }} * 4 + {{ quarter }} - 1
{%- endmacro %}

{#- A payment of a year: the invoice, the instalment, 0 to 2, and the attempt, 0 or 1. Below 2^28. -#}
{% macro payment_n(invoice_n, part, attempt) -%}
    {{ invoice_n }} * 8 + {{ part }} * 2 + {{ attempt }}
{%- endmacro %}

{#- Who pays for a quarter, by his own or his family's number: among all years, of which at most five are shown, so that
    three bits tell them apart. Below 2^28. -#}
{% macro payer_n(n, year_no, quarter) -%}
    {{ n }} * 32 + {{ year_no }} % 8 * 4 + {{ quarter }} - 1
{%- endmacro %}
