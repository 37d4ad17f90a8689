{{ config(table='Student', slice_by=['branch'], tags=['people'],
          rows=per_seat(1.3),
          lint={'total-order': 'a pupil has one row a year in pupil_years, and n is his number'}) }}

-- One row per pupil who attends in one of the years shown, those who have left included.
-- Rows: those of pupils. Class, section and roll number are the present ones, or those of the last year.
-- Fact: given names by community and sex, children's names and not their parents'; the age on 1 April that a grade
-- asks for. Estimate: how many are a little older than that.

with named as (                      -- brothers and sisters share the surname, in each one's form, and no first name
    select
        pupil.n,
        first.name                                                                      as first_name,
        case pupil.gender
            when 'female' then family.surname_female
            else family.surname_male
        end                                                                             as last_name
    from {{ ref('pupils') }} as pupil
    join {{ ref('families') }} as family
        on family.branch_no = pupil.branch_no
        and family.family_n = pupil.family_n
    join {{ slots('first_names') }} as first
        on first.community = family.community
        and first.gender = pupil.gender
        and first.generation = 'pupil'
        and first.slot = {{ child_name_slot('pupil.family_n', 'pupil.child_no', 'pupil.n') }}
    where pupil.branch_no = {{ branch.no }}
),

register as (                        -- each section's roll, by name; who leaves in the session is put behind the others
    select
        attended.n,
        attended.year_no,
        row_number() over (
            partition by attended.year_no, attended.level, attended.letter
            order by
                coalesce(attended.last_day < {{ year_ends('attended.year_no') }}, false),
                named.first_name collate "C",
                named.last_name collate "C",
                attended.n
        )                                                                               as roll_no
    from {{ ref('pupil_years') }} as attended
    join named
        on named.n = attended.n
    where attended.branch_no = {{ branch.no }}
      and attended.year_no between {{ first_year() }} and {{ current_year() }}
),

born as (                            -- of age by 1 April of the year of entry; a few are up to three months older
    select
        pupil.n,
        make_date(pupil.first_year - grade.age_on_april_1, 4, 1)
            - {{ random_int('birthday', 'pupil.n', 0, 364) }}::int
            - case
                when {{ chance('is older', 'pupil.n', var('older_pupil_share')) }}
                    then {{ random_int('days older', 'pupil.n', 1, 90) }}::int
                else 0
            end                                                                         as day
    from {{ ref('pupils') }} as pupil
    join {{ seed('grades') }} as grade
        on grade.level = pupil.first_level
    where pupil.branch_no = {{ branch.no }}
)

select
    {{ key('pupil.n') }}                                                                as "id",
    {{ branch.id }}                                                                     as "branchId",
    -- branch, year, grade and letter of admission, and the seat: the same number is never given again
    {{ branch.code }} || '/' || pupil.first_year || '/'
        || upper(left(replace(entry.name, 'Class ', ''), 3)) || '-' || ({{ section_name('pupil.letter') }})
        || lpad((pupil.seat + 1)::text, 2, '0')                                         as "admissionNo",
    named.first_name                                                                    as "firstName",
    named.last_name                                                                     as "lastName",
    born.day::text                                                                      as "dob",
    pupil.gender                                                                        as "gender",
    {{ key_of('classes', 'pupil.last_level') }}                                         as "classId",
    {{ key_of('sections', section_n('pupil.last_level', 'pupil.letter')) }}             as "sectionId",
    case
        when pupil.left_on is null then 'active'
        when pupil.left_as = 'graduated' then 'graduated'
        else 'inactive'
    end                                                                                 as "status",
    register.roll_no::text                                                              as "rollNumber",
    null::text                                                                          as "photoUrl",
    null::timestamp(3)                                                                  as "deletedAt",
    null::text                                                                          as "deletedBy"
from {{ ref('pupils') }} as pupil
join named
    on named.n = pupil.n
join born
    on born.n = pupil.n
join register
    on register.n = pupil.n
    and register.year_no = pupil.last_year
join {{ seed('grades') }} as entry
    on entry.level = pupil.first_level
where pupil.branch_no = {{ branch.no }}
