-- A branch has one default scale, whose bands are the eight grades of the application from 0 to 100 without a gap, and
-- all scales are JSON lists of bands. A row is a scale of which that is not so, or a branch.
with bands as materialized (         -- the bands of the default scales; null where a grade is missing
    select
        scale."branchId" as branch_id,
        scale."id" as id,
        letter.no,
        nullif(
            regexp_replace(
                scale."grades", '^.*"grade": "' || letter.name || '", "minPercent": ([0-9]+),.*$', '\1'
            ),
            scale."grades"
        )::int as low,
        nullif(
            regexp_replace(
                scale."grades",
                '^.*"grade": "' || letter.name || '", "minPercent": [0-9]+, "maxPercent": ([0-9]+),.*$',
                '\1'
            ),
            scale."grades"
        )::int as high
    from {{ ref('grading_scales') }} as scale
    cross join (
        values (1, 'A1'), (2, 'A2'), (3, 'B1'), (4, 'B2'), (5, 'C1'), (6, 'C2'), (7, 'D'), (8, 'E')
    ) as letter (no, name)
    where scale."isDefault"
)

select band.id as what
from bands as band
left join bands as better
    on better.id = band.id
    and better.no = band.no - 1
where band.low is null
   or band.high is null
   or band.low > band.high
   or band.high <> coalesce(better.low - 1, 100)
   or (band.no = 8 and band.low <> 0)
union all
select "id"
from {{ ref('grading_scales') }}
where not "grades" ~ (
    '^\[(\{"grade": "[^"]+"(, "minPercent": [0-9]+, "maxPercent": [0-9]+)?, "gradePoint": [0-9]+, '
    || '"description": "[^"]+"\}(, )?)+\]$'
)
   or "grades" like '%, ]'
   or "grades" ~ '\}\{'
union all
select tenant."id"
from {{ ref('tenants') }} as tenant
left join {{ ref('grading_scales') }} as scale
    on scale."branchId" = tenant."id"
    and scale."isDefault"
group by tenant."id"
having count(scale."id") <> 1
