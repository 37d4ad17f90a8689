{#- A mobile number, different for each `n` below 2^31, in every branch: a permutation of the numbers from 70000 00000.
    India reserves no numbers for fiction, and the application accepts 6 to 9 as the first digit, so a number may be
    somebody's: never call or text what this makes. With phone_mode 'undialable' it is twelve digits from 50 on: nobody's,
    for no mobile number begins with 5, and these are two digits too long, since ten would not give each `n` its own. -#}
{% macro mobile_number(n) -%}
    {%- set number = permute('mobile number', n, 2147483648, by=[], of='guardians') -%}
    {%- if var('phone_mode') == 'undialable' -%}
    '+91-' || (500000000000 + {{ number }})::text
    {%- elif var('phone_mode') == 'app_valid' -%}
    '+91-' || (7000000000 + {{ number }})::text
    {%- else -%}
    {{ phone_mode_is_app_valid_or_undialable }}
    {%- endif -%}
{%- endmacro %}

{#- The form of what mobile_number makes, as a regular expression. -#}
{% macro mobile_form() -%}
    {%- if var('phone_mode') == 'undialable' -%}'^[+]91-50[0-9]{10}$'{%- else -%}'^[+]91-[6-9][0-9]{9}$'{%- endif -%}
{%- endmacro %}

{#- The part of an e-mail address before the number: `first.last` in small letters, without apostrophes and spaces. -#}
{% macro email_name(first_name, last_name) -%}
    lower(regexp_replace({{ first_name }} || '.' || {{ last_name }}, '[^A-Za-z.]', '', 'g'))
{%- endmacro %}
