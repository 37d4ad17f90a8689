{{ config(table='Template', slice_by=['branch'], tags=['communication'], rows='70') }}

-- One row per purpose, channel and language in which a branch writes to families, staff and pupils.
-- Rows: English for all; Hindi in Delhi and Mumbai, Bengali in Kolkata, Marathi in Mumbai, for what families get most.
-- A text has {{ '{{placeholders}}' }}, which variables lists, and is signed with the school's name.
-- Estimate: the wording, when it was entered and revised. The texts are the project's own.

with spoken as (                     -- the languages that the schools of the state write in
    select distinct locale
    from {{ seed('message_locales') }}
    where state = {{ branch.state }}
),

entered as (                         -- entered before the oldest year that the project can show, a few revised since
    select
        template.no                                                                     as n,
        template.name,
        template.channel,
        template.locale,
        template.content,
        template.placeholders,
        {{ year_begins(current_year() ~ ' - 5') }}
            - {{ random_int('entered', 'template.no', 5, 90) }}::int                    as day,
        {{ chance('revised', 'template.no', 'custom.revised_pct * 0.01') }}             as is_revised
    from {{ seed('message_templates') }} as template
    join spoken
        on spoken.locale = template.locale
    cross join {{ seed('message_customs') }} as custom
)

select
    {{ key('n') }}                                                                      as "id",
    {{ branch.id }}                                                                     as "branchId",
    name                                                                                as "name",
    channel                                                                             as "channel",
    locale                                                                              as "locale",
    replace(content, '[school]', {{ branch.school }})                                   as "content",
    '["' || replace(placeholders, ', ', '", "') || '"]'                                 as "variables",
    {{ office_hour('created', 'n', not_sunday('day')) }}::timestamp(3)                  as "createdAt",
    case
        when is_revised
            then {{ office_hour('updated', 'n', year_begins(current_year() ~ ' - 4')) }}::timestamp(3)
        else {{ office_hour('created', 'n', not_sunday('day')) }}::timestamp(3)
    end                                                                                 as "updatedAt"
from entered
