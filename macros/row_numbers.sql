{#- Row numbers: what keys and random values are made from. Each packs the facts that tell a row from all others of its
    branch into one integer, so that no number depends on how many rows there are: another section, seat or year gets
    numbers of its own, and nobody else's change. All stay below 2^32, as the hash wants it. -#}

{#- The pupil who comes to a seat at a step. A cohort is the year in which its pupils are in the branch's lowest grade,
    1990 to 2053; a letter is a section's (0 is A), below 32; a seat is below 64; a step counts years since the cohort
    began, below 16. Below 2^21. -#}
{% macro pupil_n(cohort, letter, seat, step) -%}
    ((({{ cohort }} - 1990) * 32 + {{ letter }}) * 64 + {{ seat }}) * 16 + {{ step }}
{%- endmacro %}

{#- The section of a grade level. Below 2^9. -#}
{% macro section_n(level, letter) -%}
    {{ level }} * 32 + {{ letter }}
{%- endmacro %}

{#- An adult of a family: role 0 is the father, 1 the mother, 2 another guardian; 3 is the family's second telephone.
    Below 2^23. -#}
{% macro guardian_n(family_n, role) -%}
    {{ family_n }} * 4 + {{ role }}
{%- endmacro %}

{#- One telephone number's place among those of all branches: guardians have the lower half of their branch's numbers,
    staff the upper. Below 2^30 for 63 branches. -#}
{% macro telephone_n(branch_no, n, staff=false) -%}
    {{ branch_no }} * 16777216 + {{ '8388608 + ' if staff else '' }}{{ n }}
{%- endmacro %}

{#- A post of a branch: the number of its row in the seed, below 128, and its place among the posts of that row, below
    32. Teachers come first, the roles of staff_roles after them. Below 2^13. -#}
{% macro post_n(no, place, teaches) -%}
    ({{ no }}{{ '' if teaches else ' + 128' }}) * 32 + {{ place }}
{%- endmacro %}
