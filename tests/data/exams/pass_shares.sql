-- In the boards' examinations the shares of girls and of boys who pass are near the published ones of 2025: within
-- three points, and four standard errors. In half-yearly examinations at least 75 percent pass, likewise.
-- A row is a board, level and gender with another share.
with results as materialized (            -- a candidate's average, and whether he passes in each subject
    {{ candidates_results() }}
),

published (board, level, above_90, girls, boys) as (   -- 2025; see the seed exam_levels
    values
        ('CBSE', 12, 0.0840, 0.9500, 0.9263),
        ('CBSE', 14, 0.0660, 0.9164, 0.8570),
        ('ICSE', 12, 0.2222, 0.9937, 0.9884),
        ('ISC', 14, 0.1956, 0.9945, 0.9864)
),

shares as (
    select
        result.board,
        result.level,
        result.gender,
        case result.gender when 'female' then published.girls else published.boys end as expected,
        count(*) as n,
        sum(result.passes) as passes
    from results as result
    join published
        on published.board = result.board
        and published.level = result.level
    where result.exam_type = 'BOARD_EXAM'
      and result.gender in ('female', 'male')
    group by result.board, result.level, result.gender, published.girls, published.boys
)

select board, level, gender, n, passes
from shares
where abs(passes - expected * n) > 0.03 * n + 4 * sqrt(n * (expected * (1 - expected) + 0.01))
union all
select board, null::int, gender, count(*), sum(passes)
from results
where exam_type = 'HALF_YEARLY'
group by board, gender
having sum(passes) < 0.75 * count(*) - 4 * sqrt(0.19 * count(*))
