-- In the boards' examinations the share of candidates who average 90 percent or more is near the published one of 2025:
-- within two and a half points, and four standard errors. In half-yearly examinations it is 2 to 35 percent, likewise.
-- A row is a board and level, or a board, with another share.
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
        published.above_90 - 0.025 as low,
        published.above_90 + 0.025 as high,
        count(*) as n,
        sum(case when result.score >= 90 then 1 else 0 end) as above_90
    from results as result
    join published
        on published.board = result.board
        and published.level = result.level
    where result.exam_type = 'BOARD_EXAM'
    group by result.board, result.level, published.above_90
    union all
    select board, null::int, 0.02, 0.35, count(*), sum(case when score >= 90 then 1 else 0 end)
    from results
    where exam_type = 'HALF_YEARLY'
    group by board
)

select board, level, n, above_90
from shares
where above_90 < low * n - 4 * sqrt(0.25 * n * least(1, 4 * low))
   or above_90 > high * n + 4 * sqrt(0.25 * n * least(1, 4 * high))
