{{ config(materialized='intermediate', slice_by=['branch'], tags=['people', 'staff'],
          rows=per_section(1.9)) }}

-- One row per person who holds a post of the branch in one of the years shown.
--
-- Posts follow from the sections. Teachers work in teams, each for its own section letters (seed teaching_teams), so
-- that another letter brings another team and moves nobody; office and leadership come from staff_roles, one post for
-- so many sections. A post is held for 6 to 18 years; then, at the beginning of an academic year, another takes over.
--
-- Rows: about 1.5 posts a section; nearly a tenth of them change hands in a year. Estimate, all of it.
--
-- Time is counted from 1990, before any year that can be shown. A holder's turn, holder_no, is how many whole tenures
-- of the post have passed since then, so it depends on no other holder; it stays below 32, and the row's number n is
-- the post's times 32 and the turn.

with teaching_posts as (             -- a team for every so many letters, if it has letters enough for the post
    select
        {{ post_n('post.no', 'team.no', teaches=true) }}                as post_n,
        post.no                                                         as post_no,
        team.no                                                         as team_no,
        post.letters,
        post.stage,
        post.first_level,
        post.last_level,
        post.subject_group,
        post.subjects,
        post.designation,
        post.department,
        'teaching'                                                      as staff_group,
        post.female_pct,
        post.homeroom_level,
        team.no * post.letters + post.homeroom_turn                     as homeroom_letter
    from {{ seed('teaching_teams') }} as post
    cross join generate_series(0, {{ sections_per_grade() }} - 1) as team(no)
    where post.board = {{ branch.board }}
      and post.first_level >= {{ branch.first_level }}
      and post.last_level <= {{ branch.last_level }}
      and team.no * post.letters + post.min_letters <= {{ sections_per_grade() }}
),

roles as (                           -- the sections that each other role looks after in this branch
    select
        no,
        designation,
        department,
        staff_group,
        female_pct,
        sections_per_post,
        min_sections,
        {{ sections_per_grade() }} * (
            least(max_level, {{ branch.last_level }}) - greatest(min_level, {{ branch.first_level }}) + 1
        )                                                               as sections
    from {{ seed('staff_roles') }}
    where min_level <= {{ branch.last_level }}
      and max_level >= {{ branch.first_level }}
),

posts as (                           -- both kinds; a role without sections_per_post has one post
    select
        post_n,
        post_no,
        team_no,
        letters,
        stage,
        first_level,
        last_level,
        subject_group,
        subjects,
        designation,
        department,
        staff_group,
        female_pct,
        homeroom_level,
        homeroom_letter
    from teaching_posts
    union all
    select
        {{ post_n('role.no', 'place.no', teaches=false) }},
        null::int,
        null::int,
        null::int,
        null::text,
        null::int,
        null::int,
        null::text,
        null::text,
        role.designation,
        role.department,
        role.staff_group,
        role.female_pct,
        null::int,
        null::int
    from roles as role
    cross join generate_series(0, 255) as place(no)        -- macro post_n has room for 256 posts of a role
    where role.sections >= role.min_sections
      and place.no * coalesce(role.sections_per_post, role.sections) < role.sections
),

tenures as (                         -- for how many years somebody holds the post, and how many of the first holder's
                                     -- had passed in 1990, so that not all posts change hands at once
    select
        post_n,
        {{ random_int('years in post', 'post_n', 6, 18) }}              as years,
        {{ random_int('years before 1990', 'post_n', 0, 5) }}           as years_before
    from posts
),

holders as (                         -- who holds each post in each of the years shown
    select distinct
        post_n,
        years,
        years_before,
        (shown.year - 1990 + years_before) / years                      as holder_no
    from tenures
    cross join generate_series({{ first_year() }}, {{ current_year() }}) as shown(year)
)

select
    {{ branch.no }}                                                     as branch_no,
    holder.post_n * 32 + holder.holder_no                               as n,
    post.post_no,
    post.team_no::int                                                   as team_no,
    post.letters,
    post.stage,
    post.first_level,
    post.last_level,
    post.subject_group,
    post.subjects,
    post.designation,
    post.department,
    post.staff_group,
    post.female_pct,
    post.homeroom_level,
    post.homeroom_letter,
    1990 - holder.years_before + holder.holder_no * holder.years        as first_year,
    1990 - holder.years_before + (holder.holder_no + 1) * holder.years - 1 as last_year,
    holder.holder_no = ({{ current_year() }} - 1990 + holder.years_before) / holder.years as is_current
from holders as holder
join posts as post
    on post.post_n = holder.post_n
