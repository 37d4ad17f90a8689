{{ config(table='StudentGuardian', slice_by=['branch'], tags=['people'],
          rows=per_seat(2.3)) }}

-- One row per pupil and adult of his family.
-- Rows: about 1.8 per pupil. Exactly one of a pupil's is primary, the same for his brothers and sisters.
-- Estimate: who may fetch the child and who is called in an emergency, if it is not the first contact.

with ties as (                       -- each pupil with each adult of the family, as in guardians
    select
        pupil.n                                                                         as pupil_n,
        {{ guardian_n('pupil.n', 'role.no') }}                                          as n,
        {{ guardian_n('pupil.family_n', 'role.no') }}                                   as adult_n,
        role.relation,
        family.first_contact = role.relation                                            as is_first_contact
    from {{ ref('pupils') }} as pupil
    join {{ ref('families') }} as family
        on family.branch_no = pupil.branch_no
        and family.family_n = pupil.family_n
    cross join (values (0, 'father'), (1, 'mother'), (2, 'guardian')) as role(no, relation)
    where pupil.branch_no = {{ branch.no }}
      and case role.relation
            when 'father' then family.has_father
            when 'mother' then family.has_mother
            else family.has_other
        end
)

select
    {{ key('n') }}                                                                      as "id",
    {{ key_of('students', 'pupil_n') }}                                                 as "studentId",
    {{ key_of('guardians', 'adult_n') }}                                                as "guardianId",
    relation                                                                            as "relation",
    is_first_contact                                                                    as "isPrimary",
    is_first_contact or {{ chance('may fetch', 'adult_n', var('pickup_share')) }}       as "canPickup",
    is_first_contact or {{ chance('is called', 'adult_n', var('emergency_share')) }}    as "emergencyContact"
from ties
