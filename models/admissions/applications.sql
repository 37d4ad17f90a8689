{{ config(table='Application', slice_by=['branch', 'year'], tags=['admissions'],
          rows=per_seat(0.19)) }}

-- One row per application for a place in a class of the academic year; in the running year also those that wait for an
-- answer, and the first ones for the year to come.
--
--      who applies                                          how it ends                 row number, of the macro
--      a newcomer of the year                               APPROVED                    his own, pupil_n
--      a rival who wanted his place                         REJECTED or WAITLISTED      rival_n
--      who moves to the city in the running year            PENDING                     late_applicant_n
--      for the next year's lowest grade                     PENDING or REJECTED         next_entrant_n
--      for another grade of the next year                   PENDING or REJECTED         next_newcomer_n
--
-- Rows: one for every newcomer, four rivals for ten of them, and the others as far as the as-of date has come. A
-- newcomer's application bears his name and birthday, and those of the family's first contact; the other applicants
-- are strangers, who are in no other table.
-- The season is September to March before the year; who joins late applies some weeks before. Estimate: all shares
-- (seed admission_rules), the days, the notes. Names of schools, telephone numbers and e-mail addresses are invented.
--
-- In order: who applies; when, and how it ends; who answers; the names of newcomers and of strangers; the texts.

with newcomers as (                  -- the pupils who come in this year
    select
        n,
        family_n,
        first_level,
        joined_on
    from {{ ref('pupils') }}
    where branch_no = {{ branch.no }}
      and first_year = {{ year.no }}
),

applicants as (                      -- the five kinds: class, first day of school, and how it will end; family_n is
                                     -- null for a stranger, OPEN is decided below
    select
        n,
        family_n,
        first_level                                                                     as level,
        {{ year.no }}                                                                   as year_no,
        joined_on                                                                       as begins_on,
        'APPROVED'                                                                      as outcome
    from newcomers
    union all
    -- the rivals
    select
        {{ rival_n('newcomer.n') }},
        null::bigint,
        newcomer.first_level,
        {{ year.no }},
        newcomer.joined_on,
        case
            when {{ chance('is rejected', 'newcomer.n', 'rule.rejected_pct * 0.01') }} then 'REJECTED'
            else 'WAITLISTED'
        end
    from newcomers as newcomer
    cross join {{ seed('admission_rules') }} as rule
    where {{ chance('is unlucky', 'newcomer.n', 'rule.unlucky_pct * 0.01') }}
    union all
    -- who moves to the city, until October: a section of a grade that gets newcomers may have one who waits, and who
    -- wants to begin ten days from the as-of date
    select
        {{ late_applicant_n('(flow.level + 1)', 'letter.no') }},
        null::bigint,
        flow.level + 1,
        {{ year.no }},
        {{ var('as_of') }} + 10,
        'PENDING'
    from {{ seed('pupil_flow') }} as flow
    cross join generate_series(0, {{ sections_per_grade() }} - 1) as letter(no)
    cross join {{ seed('admission_rules') }} as rule
    where {{ year.no }} = {{ current_year() }}
      and {{ var('as_of') }} < make_date({{ year.no }}, 11, 1)
      and flow.replaced_pct > 0
      and flow.level between {{ branch.first_level }} and {{ branch.last_level }} - 1
      and {{ chance('comes late', section_n('flow.level', 'letter.no'), 'rule.late_pct * 0.01') }}
    union all
    -- the next year's lowest grade: two lots for each seat
    select
        {{ next_entrant_n('letter.no', 'seat.no', 'lot.no') }},
        null::bigint,
        {{ branch.first_level }},
        {{ year.no }} + 1,
        {{ year_begins(year.no ~ ' + 1') }},
        'OPEN'
    from generate_series(0, {{ sections_per_grade() }} - 1) as letter(no)
    cross join generate_series(0, {{ seats() }} - 1) as seat(no)
    cross join generate_series(0, 1) as lot(no)
    cross join {{ seed('admission_rules') }} as rule
    where {{ year.no }} = {{ current_year() }}
      and {{ chance('applies for the lowest grade', '(letter.no * 64 + seat.no) * 2 + lot.no',
                    'rule.next_entry_pct * 0.01') }}
    union all
    -- its other grades: two lots for each section that may have a seat to give
    select
        {{ next_newcomer_n('(flow.level + 1)', 'letter.no', 'lot.no') }},
        null::bigint,
        flow.level + 1,
        {{ year.no }} + 1,
        {{ year_begins(year.no ~ ' + 1') }},
        'OPEN'
    from {{ seed('pupil_flow') }} as flow
    cross join generate_series(0, {{ sections_per_grade() }} - 1) as letter(no)
    cross join generate_series(0, 1) as lot(no)
    cross join {{ seed('admission_rules') }} as rule
    where {{ year.no }} = {{ current_year() }}
      and flow.replaced_pct > 0
      and flow.level between {{ branch.first_level }} and {{ branch.last_level }} - 1
      and {{ chance('applies for another grade', '(' ~ section_n('flow.level', 'letter.no') ~ ') * 2 + lot.no',
                    'rule.next_other_pct * 0.01') }}
),

wanted as (                          -- with the day of the form: some weeks before the first day, or in the season
    select
        n,
        family_n,
        level,
        year_no,
        begins_on,
        outcome,
        case
            when outcome = 'PENDING' then begins_on - {{ random_int('days waiting', 'n', 10, 28) }}::int
            when begins_on > {{ year_begins('year_no') }}
                then begins_on - {{ random_int('days before', 'n', 12, 45) }}::int
            -- the sum of two uniform numbers is a triangle: from September to March, most in December
            else begins_on - {{ random_int('days before April', 'n', 12, 105) }}::int
                - {{ random_int('more days before April', 'n', 12, 105) }}::int
        end                                                                             as any_day
    from applicants
),

submitted as (                       -- a Saturday instead of a Sunday
    select
        n,
        family_n,
        level,
        year_no,
        begins_on,
        outcome,
        {{ not_sunday('any_day') }}                                                     as day
    from wanted
),

season as (                          -- from the earliest form for this year to the latest answer for the next
    select {{ year_begins(year.no) }} - 230 + since.days::int                           as day
    from generate_series(0, 620) as since(days)
),

office_days as (                     -- each day with the last one, itself or before, that is no Sunday or holiday
    select
        season.day,
        max(case when extract(isodow from season.day) < 7 and holiday.day is null then season.day end)
            over (order by season.day)                                                  as open_day
    from season
    left join {{ seed('holidays') }} as holiday
        on holiday.state = {{ branch.state }}
        and holiday.day = season.day
),

reviewed as (                        -- of the forms that have come, the day on which the answer is due: after more days
                                     -- than the office is ever closed, and four days before the first day of school
    select
        n,
        family_n,
        level,
        year_no,
        outcome,
        day                                                                             as submitted_day,
        day + {{ random_int('days to answer', 'n', 6, 'least(40, begins_on - 4 - day)') }}::int as answer_due
    from submitted
    where day <= {{ var('as_of') }}
),

decided as (                         -- with the status, and the lots that describe the application
    select
        reviewed.n,
        reviewed.family_n,
        reviewed.level,
        reviewed.year_no,
        reviewed.submitted_day,
        case
            when reviewed.outcome <> 'OPEN' then reviewed.outcome
            -- for the next year nobody is admitted yet, and only some rejections are out
            when office.open_day < {{ var('as_of') }}
                and {{ chance('is unlucky', 'reviewed.n', 'rule.unlucky_pct * 0.005') }} then 'REJECTED'
            else 'PENDING'
        end                                                                             as status,
        office.open_day                                                                 as reviewed_day,
        {{ chance('is noted', 'reviewed.n', 'rule.noted_pct * 0.01') }}                 as is_noted,
        case
            when {{ chance('in Hindi', 'reviewed.n', 'rule.hindi_pct * 0.01') }} then 'hi'
            else 'en'
        end                                                                             as language,
        {{ chance('by the class teacher', 'reviewed.n', 'rule.class_teacher_pct * 0.01') }} as by_class_teacher,
        {{ chance('no e-mail', 'reviewed.n', 'rule.no_email_pct * 0.01') }}             as no_email,
        {{ chance('went to nursery', 'reviewed.n', 'rule.nursery_pct * 0.01') }}        as went_to_nursery
    from reviewed
    cross join {{ seed('admission_rules') }} as rule
    join office_days as office
        on office.day = reviewed.answer_due
),

in_post as (                         -- who can have reviewed: in post the year before, and still
    select
        n,
        homeroom_level,
        case designation
            when 'Principal' then 0
            when 'Clerk' then 1
            else 2                   -- the class teacher of a section A
        end                                                                             as turn
    from {{ ref('staff_plan') }}
    where branch_no = {{ branch.no }}
      and first_year < {{ year.no }}
      and last_year >= {{ year.no }}
      and (
          designation = 'Principal'
          or (designation = 'Clerk' and n / 32 % 256 = 0)      -- the first Clerk's post (macro post_n), any holder
          or homeroom_letter = 0
      )
),

admission_head as (                  -- the first of them
    select n
    from in_post
    order by turn, n
    limit 1
),

newcomers_keys as (                  -- the newcomers, and the first contacts of their families
    select
        newcomer.n,
        {{ key_of('students', 'newcomer.n') }}                                          as student_id,
        {{ key_of('guardians', guardian_n('newcomer.family_n',
           "case family.first_contact when 'father' then 0 when 'mother' then 1 else 2 end")) }} as guardian_id
    from newcomers as newcomer
    join {{ ref('families') }} as family
        on family.branch_no = {{ branch.no }}
        and family.family_n = newcomer.family_n
),

newcomers_named as (                 -- both as they are in their tables
    select
        newcomer.n,
        student."firstName"                                                             as first_name,
        student."lastName"                                                              as last_name,
        student."dob"                                                                   as dob,
        student."gender"                                                                as gender,
        guardian."name"                                                                 as guardian_name,
        guardian."phoneNumber"                                                          as guardian_phone,
        guardian."email"                                                                as guardian_email
    from newcomers_keys as newcomer
    join {{ ref('students') }} as student
        on student."branchId" = {{ branch.id }}
        and student."id" = newcomer.student_id
    join {{ ref('guardians') }} as guardian
        on guardian."branchId" = {{ branch.id }}
        and guardian."id" = newcomer.guardian_id
),

strangers as (                       -- the other children: age, and where child and guardian fall in the lists of names
    select
        decided.n,
        decided.no_email,
        case when {{ chance('is a girl', 'decided.n', var('girls_share')) }} then 'female' else 'male' end as gender,
        case
            when {{ chance('mother asks', 'decided.n', var('mother_first_share')) }} then 'female'
            else 'male'
        end                                                                             as guardian_gender,
        make_date(decided.year_no - grade.age_on_april_1, 4, 1)
            - {{ random_int('birthday', 'decided.n', 0, 364) }}::int                    as born_on,
        {{ pick('community', 'decided.n', 'communities') }}                             as community_slot,
        {{ pick('surname', 'decided.n', 'last_names') }}                                as surname_slot,
        {{ pick('first name', 'decided.n', 'first_names') }}                            as first_name_slot,
        {{ pick('guardian', 'decided.n', 'first_names') }}                              as guardian_slot
    from decided
    join {{ seed('grades') }} as grade
        on grade.level = decided.level
    where decided.family_n is null
),

strangers_named as (                 -- with the names of one community of the state
    select
        stranger.n,
        first.name                                                                      as first_name,
        case stranger.gender
            when 'female' then surname.surname_female
            else surname.surname_male
        end                                                                             as last_name,
        stranger.born_on::text                                                          as dob,
        stranger.gender,
        guardian.name                                                                   as guardian_first_name,
        case stranger.guardian_gender
            when 'female' then surname.surname_female
            else surname.surname_male
        end                                                                             as guardian_last_name,
        stranger.no_email
    from strangers as stranger
    join {{ slots('communities') }} as community
        on community.state = {{ branch.state }}
        and community.slot = stranger.community_slot
    join {{ slots('last_names') }} as surname
        on surname.community = community.community
        and surname.slot = stranger.surname_slot
    join {{ slots('first_names') }} as first
        on first.community = community.community
        and first.gender = stranger.gender
        and first.generation = 'pupil'
        and first.slot = stranger.first_name_slot
    join {{ slots('first_names') }} as guardian
        on guardian.community = community.community
        and guardian.gender = stranger.guardian_gender
        and guardian.generation = 'parent'
        and guardian.slot = stranger.guardian_slot
),

people as (                          -- newcomers and strangers
    select
        n,
        first_name,
        last_name,
        dob,
        gender,
        guardian_name,
        guardian_phone,
        guardian_email
    from newcomers_named
    union all
    select
        n,
        first_name,
        last_name,
        dob,
        gender,
        guardian_first_name || ' ' || guardian_last_name,
        -- telephone numbers of the staff's half that no member of staff can have: from 2^22 on, and staff are numbered
        -- below 2^21 (macros telephone_n and post_n)
        {{ mobile_number(telephone_n(branch.no, '4194304 + n % 16777216', staff=true)) }},
        case
            when not no_email
                then {{ email_name('guardian_first_name', 'guardian_last_name') }} || {{ branch.no }}
                    || '.' || n || '@example.com'
        end
    from strangers_named
),

described as (                       -- the moments, the day that a note names, and which texts
    select
        decided.n,
        decided.level,
        decided.year_no,
        decided.submitted_day,
        decided.status,
        decided.reviewed_day,
        decided.by_class_teacher,
        decided.language,
        decided.is_noted,
        case when decided.level < 3 then 'early' else 'school' end                      as stage,
        case
            when decided.status = 'PENDING' then decided.submitted_day
            else greatest(
                {{ not_sunday('decided.reviewed_day - ' ~ random_int('noted', 'decided.n', 0, 2) ~ '::int') }},
                decided.submitted_day
            )
        end                                                                             as noted_day,
        {{ office_hour('submitted', 'decided.n', 'decided.submitted_day') }}::timestamp(3) as submitted_at,
        case
            when decided.status <> 'PENDING'
                then {{ office_hour('reviewed', 'decided.n', 'decided.reviewed_day') }}::timestamp(3)
        end                                                                             as reviewed_at,
        {{ pick('note', 'decided.n', 'application_notes') }}                            as found_slot,
        {{ pick('second note', 'decided.n', 'application_notes') }}                     as follows_slot,
        case                         -- Nursery is a child's first school, and often LKG or UKG too
            when decided.level = 0 then null
            when decided.level > 2 then 'school'
            when decided.went_to_nursery then 'nursery'
        end                                                                             as previous_kind,
        {{ pick('previous school', 'decided.n', 'previous_schools') }}                  as previous_slot,
        {{ pick('its locality', 'decided.n', 'localities') }}                           as locality_slot
    from decided
)

select
    {{ key('described.n') }}                                                            as "id",
    {{ branch.id }}                                                                     as "branchId",
    'APP/' || {{ branch.code }} || '/' || described.year_no || '/'
        || lpad({{ permute('application number', 'described.n', 100000000) }}::text, 8, '0') as "applicationNo",
    person.first_name                                                                   as "firstName",
    person.last_name                                                                    as "lastName",
    person.dob                                                                          as "dob",
    person.gender                                                                       as "gender",
    person.guardian_name                                                                as "guardianName",
    person.guardian_phone                                                               as "guardianPhone",
    person.guardian_email                                                               as "guardianEmail",
    previous.school || ', ' || place.locality                                           as "previousSchool",
    grade.name                                                                          as "classAppliedFor",
    described.status                                                                    as "status",
    described.submitted_at                                                              as "submittedAt",
    described.reviewed_at                                                               as "reviewedAt",
    case
        when described.status <> 'PENDING'
            then {{ key_of('staff', 'coalesce(class_teacher.n, head.n)') }}
    end                                                                                 as "reviewedBy",
    case
        when described.is_noted
            then replace(replace(replace(
                found.note || ' ' || follows.note,
                '{child}', person.first_name),
                '{class}', grade.name),
                '{date}', extract(day from described.noted_day)::int || ' '
                    || case described.language when 'hi' then month.hi else month.en end
                    || ' ' || extract(year from described.noted_day)::int)
    end                                                                                 as "notes",
    described.submitted_at                                                              as "createdAt",
    coalesce(described.reviewed_at, described.submitted_at)                             as "updatedAt"
from described
join people as person
    on person.n = described.n
join {{ seed('grades') }} as grade
    on grade.level = described.level
join {{ seed('month_names') }} as month
    on month.month = extract(month from described.noted_day)::int
join {{ slots('application_notes') }} as found
    on found.status = described.status
    and found.part = 1
    and found.language = described.language
    and found.stage = described.stage
    and found.slot = described.found_slot
join {{ slots('application_notes') }} as follows
    on follows.status = described.status
    and follows.part = 2
    and follows.language = described.language
    and follows.stage = described.stage
    and follows.slot = described.follows_slot
cross join admission_head as head
left join in_post as class_teacher
    on class_teacher.turn = 2
    and class_teacher.homeroom_level = described.level
    and described.by_class_teacher
left join {{ slots('previous_schools') }} as previous
    on previous.kind = described.previous_kind
    and previous.slot = described.previous_slot
left join {{ slots('localities') }} as place
    on place.city = {{ branch.city }}
    and place.slot = described.locality_slot
