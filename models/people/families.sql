{{ config(materialized='intermediate', slice_by=['branch'], tags=['people'],
          rows=per_seat(1.1)) }}

-- One row per family with a pupil in the years shown: what its members share.
-- Rows: one for each family number in pupils; about one pupil in five has a brother or sister here.
-- Fact: the mix of communities of the state, the surnames' frequencies, localities with their PIN. Estimate: who of the
-- parents lives with the child, who is the school's first contact. Houses and telephone numbers are invented.

with families as (                   -- the families of the branch, each with its number
    select distinct family_n
    from {{ ref('pupils') }}
    where branch_no = {{ branch.no }}
),

drawn as (                           -- where each of them falls in the lists
    select
        family_n,
        {{ pick('community', 'family_n', 'communities') }}                              as community_slot,
        {{ pick('surname', 'family_n', 'last_names') }}                                 as surname_slot,
        {{ pick('family type', 'family_n', 'family_types') }}                           as type_slot,
        {{ pick('locality', 'family_n', 'localities') }}                                as locality_slot,
        {{ pick('street', 'family_n', 'streets') }}                                     as street_slot,
        {{ random_int('house', 'family_n', 1, 240) }}                                   as house_no,
        {{ choice('flat', 'family_n', {'': 60, '-A': 12, '-B': 12, '/1': 8, '/2': 8}) }} as flat,
        {{ chance('mother first', 'family_n', var('mother_first_share')) }}             as is_mother_first
    from families
)

select
    {{ branch.no }}                                                                     as branch_no,
    drawn.family_n,
    community.community,
    surname.surname_male,
    surname.surname_female,
    type.has_father,
    type.has_mother,
    type.has_other,
    case
        when type.has_mother and (drawn.is_mother_first or not type.has_father) then 'mother'
        when type.has_father then 'father'
        else 'guardian'
    end                                                                                 as first_contact,
    drawn.house_no || drawn.flat || ', ' || street.street || ', ' || locality.locality || ', '
        || {{ branch.city }} || ' - ' || locality.pincode                               as address,
    case
        when {{ chance('second telephone', 'drawn.family_n', var('second_telephone_share')) }}
            then {{ mobile_number(telephone_n(branch.no, guardian_n('drawn.family_n', '3'))) }}
    end                                                                                 as second_telephone
from drawn
join {{ slots('communities') }} as community
    on community.state = {{ branch.state }}
    and community.slot = drawn.community_slot
join {{ slots('last_names') }} as surname
    on surname.community = community.community
    and surname.slot = drawn.surname_slot
join {{ slots('family_types') }} as type
    on type.slot = drawn.type_slot
join {{ slots('localities') }} as locality
    on locality.city = {{ branch.city }}
    and locality.slot = drawn.locality_slot
join {{ slots('streets') }} as street
    on street.slot = drawn.street_slot
