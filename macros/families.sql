{#- Six cohorts of the same letter and seat make one family's time: its eldest child is in cohort 0 of the six, the
    second, if there is one, two or three years later. 9 means that there is none. -#}
{% macro second_child_cohort(eldest_n) -%}
    {{ choice('second child', eldest_n, [[2, var('second_child_share') / 2], [3, var('second_child_share') / 2],
                                         [9, 1 - var('second_child_share')]]) }}
{%- endmacro %}

{#- The slot of a child's first name. Children of one family draw from different thirds of the list, as seen from a
    slot of the family's own, so that no two of them can have the same name; `slots` is the list's length. -#}
{% macro child_name_slot(family_n, child_no, n, slots=2048) -%}
    ({{ pick('first name of the first child', family_n, 'first_names') }}
        + {{ child_no }} * {{ slots // 3 }}
        + {{ random_int('first name of the child', n, 0, slots // 6 - 1) }}::int) % {{ slots }}
{%- endmacro %}
