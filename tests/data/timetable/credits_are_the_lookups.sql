-- The subjects' credits are those of the lookup table. One row for each subject with others.
select
    subject."code",
    subject."credits",
    lookup.credits
from {{ ref('subjects') }} as subject
join {{ seed('branches') }} as branch
    on branch.id = subject."branchId"
left join {{ seed('board_subjects') }} as lookup
    on lookup.board = branch.board
    and branch.code || '-' || lookup.code = subject."code"
where lookup.credits is null
   or lookup.credits <> subject."credits"
