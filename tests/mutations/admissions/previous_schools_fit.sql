-- Also fails: applied_for_a_class_of_the_branch, approved_become_newcomers
update {{ ref('applications') }} set "previousSchool" = 'Some School', "classAppliedFor" = 'Nursery' where "id" = (select min("id") from {{ ref('applications') }})
