-- A subject is one that the branch's board prescribes, under its code and name, and somebody has weekly periods of
-- it; a prerequisite is another subject of the same branch.
-- A row: a subject that is not so.
select subject."id", subject."code", subject."name", subject."prerequisites"
from {{ ref('subjects') }} as subject
join {{ seed('branches') }} as branch
    on branch.id = subject."branchId"
left join {{ seed('board_subjects') }} as prescribed
    on prescribed.board = branch.board
    and branch.code || '-' || prescribed.code = subject."code"
    and prescribed.name = subject."name"
left join {{ ref('subjects') }} as needed
    on needed."code" = subject."prerequisites"
    and needed."branchId" = subject."branchId"
where prescribed.code is null
   or coalesce(subject."credits", 0) < 1
   or (subject."prerequisites" is not null and needed."code" is null)
   or subject."prerequisites" = subject."code"
