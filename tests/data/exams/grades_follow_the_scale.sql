-- A mark's grade is that of the branch's default scale for the whole percent that it reaches. A row is a mark.
with bands as materialized (  -- some hundred; inlined, each mark would have its scale searched anew
    select
        scale."branchId" as branch_id,
        letter.name as grade,
        regexp_replace(
            scale."grades", '^.*"grade": "' || letter.name || '", "minPercent": ([0-9]+),.*$', '\1'
        )::int as low,
        regexp_replace(
            scale."grades",
            '^.*"grade": "' || letter.name || '", "minPercent": [0-9]+, "maxPercent": ([0-9]+),.*$',
            '\1'
        )::int as high
    from {{ ref('grading_scales') }} as scale
    cross join (values ('A1'), ('A2'), ('B1'), ('B2'), ('C1'), ('C2'), ('D'), ('E')) as letter (name)
    where scale."isDefault"
)

select mark."id", mark."totalMarks", exam."maxMarks", mark."grade"
from {{ ref('marks') }} as mark
join {{ ref('exams') }} as exam
    on exam."id" = mark."examId"
left join bands as band
    on band.branch_id = mark."branchId"
    and band.grade = mark."grade"
where mark."grade" is not null
  and (
      band.grade is null
      or mark."totalMarks" * 100 < band.low * exam."maxMarks"
      or mark."totalMarks" * 100 >= (band.high + 1) * exam."maxMarks"
  )
