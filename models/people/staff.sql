{{ config(table='Staff', slice_by=['branch'], tags=['people', 'staff'],
          rows=per_section(1.9)) }}

-- One row per member of staff in the years shown, those who have left included.
-- Rows: those of staff_plan, by whose numbers they are known: a post, and its how many-th holder.
-- Fact: names of the parents' generation by community of the state. Estimate: the share of women in a post, forms of
-- employment, leave. Telephone numbers are invented.

with drawn as (                      -- where each person falls in the lists
    select
        n,
        designation,
        department,
        staff_group,
        first_year,
        is_current,
        homeroom_level is not null                                                      as is_class_teacher,
        -- the seed's share is in percent
        case when {{ chance('is a woman', 'n', 'female_pct * 0.01') }} then 'female' else 'male' end as gender,
        {{ pick('community', 'n', 'communities') }}                                     as community_slot,
        {{ pick('first name', 'n', 'first_names') }}                                    as first_name_slot,
        {{ pick('surname', 'n', 'last_names') }}                                        as surname_slot,
        {{ pick('employment', 'n', 'employment_types') }}                               as employment_slot,
        {{ pick('status', 'n', 'staff_statuses') }}                                     as status_slot
    from {{ ref('staff_plan') }}
    where branch_no = {{ branch.no }}
),

named as (                           -- with name, form of employment, whether he is on leave, and the day on which he
                                     -- joined: in the eight weeks before the first academic year in the post
    select
        drawn.n,
        drawn.designation,
        drawn.department,
        first.name                                                                      as first_name,
        -- in some communities a woman's surname has a form of its own
        case drawn.gender
            when 'female' then surname.surname_female
            else surname.surname_male
        end                                                                             as last_name,
        employment.employment_type,
        {{ year_begins('drawn.first_year') }} - {{ random_int('joining day', 'drawn.n', 0, 55) }}::int as joined_on,
        case
            when not drawn.is_current then 'inactive'
            when drawn.is_class_teacher then 'active'    -- somebody takes the roll of every section
            else standing.status
        end                                                                             as status
    from drawn
    join {{ slots('communities') }} as community
        on community.state = {{ branch.state }}
        and community.slot = drawn.community_slot
    join {{ slots('first_names') }} as first
        on first.community = community.community
        and first.gender = drawn.gender
        and first.generation = 'parent'
        and first.slot = drawn.first_name_slot
    join {{ slots('last_names') }} as surname
        on surname.community = community.community
        and surname.slot = drawn.surname_slot
    join {{ slots('employment_types') }} as employment
        on employment.staff_group = drawn.staff_group
        and employment.slot = drawn.employment_slot
    join {{ slots('staff_statuses') }} as standing
        on standing.slot = drawn.status_slot
)

select
    {{ key('n') }}                                                                      as "id",
    {{ branch.id }}                                                                     as "branchId",
    first_name                                                                          as "firstName",
    last_name                                                                           as "lastName",
    {{ email_name('first_name', 'last_name') }} || '.' || n || '.' || {{ branch.id }} || '@example.org' as "email",
    {{ mobile_number(telephone_n(branch.no, 'n', staff=true)) }}                        as "phone",
    designation                                                                         as "designation",
    department                                                                          as "department",
    employment_type                                                                     as "employmentType",
    {{ not_sunday('joined_on') }}::text                                                 as "joinDate",
    status                                                                              as "status",
    null::timestamp(3)                                                                  as "deletedAt",
    null::text                                                                          as "deletedBy"
from named
