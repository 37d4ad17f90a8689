{{ config(table='Guardian', slice_by=['branch'], tags=['people'],
          rows=per_seat(2.1)) }}

-- One row per adult who answers for a family's children: father, mother, or another guardian.
-- Rows: one to two per family in families, as its type says (seed family_types); brothers and sisters share them.
-- Fact: names of the parents' generation. Estimate: occupations. Telephone numbers and addresses are invented.

with adults as (                     -- the adults of each family; the role's number is a part of theirs (guardian_n)
    select
        {{ guardian_n('family.family_n', 'role.no') }}                                  as n,
        role.relation,
        case
            when role.relation = 'father' then 'male'
            when role.relation = 'mother' then 'female'
            else {{ choice('other guardian', 'family.family_n', {'male': 1, 'female': 1}) }}
        end                                                                             as gender,
        family.community,
        family.surname_male,
        family.surname_female,
        family.address,
        family.second_telephone
    from {{ ref('families') }} as family
    cross join (values (0, 'father'), (1, 'mother'), (2, 'guardian')) as role(no, relation)
    where family.branch_no = {{ branch.no }}
      and case role.relation
            when 'father' then family.has_father
            when 'mother' then family.has_mother
            else family.has_other
        end
),

named as (                           -- with name and work
    select
        adult.n,
        first.name                                                                      as first_name,
        case adult.gender
            when 'female' then adult.surname_female
            else adult.surname_male
        end                                                                             as last_name,
        work.occupation,
        adult.address,
        adult.second_telephone
    from adults as adult
    join {{ slots('first_names') }} as first
        on first.community = adult.community
        and first.gender = adult.gender
        and first.generation = 'parent'
        and first.slot = {{ pick('first name', 'adult.n', 'first_names') }}
    join {{ slots('occupations') }} as work
        on work.parent = adult.relation
        and work.slot = {{ pick('occupation', 'adult.n', 'occupations') }}
)

select
    {{ key('n') }}                                                                      as "id",
    {{ branch.id }}                                                                     as "branchId",
    first_name || ' ' || last_name                                                      as "name",
    -- the number in it is another one below 10^8 for each adult (macro guardian_n stays below 2^25)
    {{ email_name('first_name', 'last_name') }} || {{ branch.no }}
        || lpad({{ permute('e-mail', 'n', 100000000) }}::text, 8, '0') || '@'
        || {{ choice('mail domain', 'n', {'example.com': 6, 'example.net': 2, 'example.org': 2}) }} as "email",
    {{ mobile_number(telephone_n(branch.no, 'n')) }}                                    as "phoneNumber",
    second_telephone                                                                    as "alternatePhoneNumber",
    address                                                                             as "address",
    occupation                                                                          as "occupation",
    null::timestamp(3)                                                                  as "deletedAt",
    null::text                                                                          as "deletedBy"
from named
