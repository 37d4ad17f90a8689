-- Board examinations: candidates who average 90 percent, and who pass, in percent
-- Published by the boards for 2025; within 2.5 and 3 points, and four standard errors.
with published (board, level, outcome, percent, slack) as (    -- level 12 is Class 10, and 14 is Class 12
    values
        ('CBSE', 12, '90 and more', 8.40, 2.5),
        ('CBSE', 14, '90 and more', 6.60, 2.5),
        ('ICSE', 12, '90 and more', 22.22, 2.5),
        ('ISC', 14, '90 and more', 19.56, 2.5),
        ('CBSE', 12, 'girls who pass', 95.00, 3.0),
        ('CBSE', 12, 'boys who pass', 92.63, 3.0),
        ('CBSE', 14, 'girls who pass', 91.64, 3.0),
        ('CBSE', 14, 'boys who pass', 85.70, 3.0),
        ('ICSE', 12, 'girls who pass', 99.37, 3.0),
        ('ICSE', 12, 'boys who pass', 98.84, 3.0),
        ('ISC', 14, 'girls who pass', 99.45, 3.0),
        ('ISC', 14, 'boys who pass', 98.64, 3.0)
),

results as materialized (            -- one row per candidate: his average, and whether he passes in each subject
    {{ candidates_results(['BOARD_EXAM']) }}
),

outcomes as (                        -- two rows per candidate: what he may reach, and whether he has
    select
        board,
        level,
        '90 and more' as outcome,
        score >= 90 as reached
    from results
    union all
    select
        board,
        level,
        case gender when 'female' then 'girls who pass' else 'boys who pass' end,
        passes = 1
    from results
)

select
    published.board || ' Class ' || (published.level - 2)::text || ', ' || published.outcome as label,
    100.0 * count(*) filter (where outcomes.reached) / count(*) as actual,
    published.percent as target,
    published.slack
        + 4 * sqrt((published.percent * (100 - published.percent) + 100)::double precision / count(*)) as tolerance
from outcomes
join published
    on published.board = outcomes.board
    and published.level = outcomes.level
    and published.outcome = outcomes.outcome
group by published.board, published.level, published.outcome, published.percent, published.slack
order by 1
