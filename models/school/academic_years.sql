{{ config(table='AcademicYear', slice_by=['branch', 'year'], tags=['school', 'calendar'], rows='1') }}

-- One row per branch and academic year shown: 1 April to 31 March, in two terms.
-- Rows: one per slice, and so always number 1; the year of the as-of date is the active one.
-- Fact: the session and its two terms are CBSE's. Estimate: when the office entered the year.

with opened as (                     -- the office opens a year some weeks before it begins
    select {{ not_sunday(year.starts_on ~ ' - ' ~ random_int('opened', '1', 40, 80) ~ '::int') }} as day
)

select
    {{ key('1') }}                                                      as "id",
    {{ branch.id }}                                                     as "branchId",
    {{ year.name }}                                                     as "name",
    {{ year.starts_on }}::text                                          as "startDate",
    {{ year.ends_on }}::text                                            as "endDate",
    '[{"name": "Term 1", "startDate": "' || {{ year.starts_on }}::text
        || '", "endDate": "' || make_date({{ year.no }}, 9, 30)::text
        || '"}, {"name": "Term 2", "startDate": "' || make_date({{ year.no }}, 10, 1)::text
        || '", "endDate": "' || {{ year.ends_on }}::text || '"}]'       as "terms",
    {{ year.no }} = {{ current_year() }}                                as "isActive",
    {{ office_hour('created', '1', 'opened.day') }}                     as "createdAt",
    {{ office_hour('activated', '1', year.starts_on) }}                 as "updatedAt"
from opened
