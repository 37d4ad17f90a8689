{{ config(table='Campaign', slice_by=['branch', 'year'], tags=['communication'], rows='40') }}

-- One row per campaign: one text, sent to one audience, at one time.
-- Rows: those of campaign_plan, which decides them. audienceQuery says who is meant, as JSON: an audience, the grade
-- levels, the language, and what else the occasion asks for. Nothing is drawn here; all texts are the seed's, in which
-- is nothing that JSON would have to escape.

select
    {{ key('n') }}                                                                      as "id",
    {{ branch.id }}                                                                     as "branchId",
    name || case locale when 'hi' then ' (Hindi)' when 'bn' then ' (Bengali)' when 'mr' then ' (Marathi)' else '' end
        || ', ' || {{ year.name }}                                                      as "name",
    {{ key_of('templates', 'template_n') }}                                             as "templateId",
    '{"audience": "'
        || case audience
            when 'staff' then 'staff'
            when 'students' then 'students'
            else 'guardians", "contact": "first'
        end
        || '", "academicYear": "' || {{ year.name }}
        || '", "locale": "' || locale
        || '", "consent": "' || channel || '"'
        || case
            when audience <> 'staff'
                then ', "gradeLevel": {"from": ' || greatest(first_level, {{ branch.first_level }})
                    || ', "to": ' || least(last_level, {{ branch.last_level }}) || '}'
            else ''
        end
        || case audience
            when 'new pupils' then ', "admittedFrom": "' || {{ year.starts_on }}::text || '"'
            when 'fee payers'
                then ', "invoice": {"period": "Q' || quarter || ' ' || {{ short_year(year.no) }}
                    || '", "unpaidOn": "' || day::text || '"}'
            when 'families' then ', "once": "family"'
            else ''
        end
        || '}'                                                                          as "audienceQuery",
    schedule::timestamp(3)                                                              as "schedule",
    status                                                                              as "status",
    created_at::timestamp(3)                                                            as "createdAt",
    updated_at::timestamp(3)                                                            as "updatedAt"
from {{ ref('campaign_plan') }}
where branch_no = {{ branch.no }}
  and year_no = {{ year.no }}
