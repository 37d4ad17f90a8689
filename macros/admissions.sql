{#- Row numbers of applications for admission, all below 2^26. The application of a pupil who came has the pupil's own
    number, below 2^23 (macro pupil_n); each other kind begins at a multiple of 2^23 of its own. -#}

{#- Who wanted the place that a newcomer got: 2^23 and the newcomer's number. Not every newcomer has such a rival. -#}
{% macro rival_n(newcomer_n) -%}
    8388608 + {{ newcomer_n }}
{%- endmacro %}

{#- Who wants to join a section in the running year and waits for an answer: 2^24 and the section's number. -#}
{% macro late_applicant_n(level, letter) -%}
    16777216 + {{ section_n(level, letter) }}
{%- endmacro %}

{#- Who applies for a seat of the next year's lowest grade: 2^25 and, for each letter, 64 seats of two lots. -#}
{% macro next_entrant_n(letter, seat, lot) -%}
    33554432 + ({{ letter }} * 64 + {{ seat }}) * 2 + {{ lot }}
{%- endmacro %}

{#- Who applies for another grade of the next year: three times 2^24 and, for each section, two lots. -#}
{% macro next_newcomer_n(level, letter, lot) -%}
    50331648 + ({{ section_n(level, letter) }}) * 2 + {{ lot }}
{%- endmacro %}
