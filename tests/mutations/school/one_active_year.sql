-- A branch forgets which year it is in.
-- Also fails: default_templates_are_the_running_years, fee_structure_for_each_grade_and_year
update {{ ref('academic_years') }}
set "isActive" = false
where "id" = (select min("id") from {{ ref('academic_years') }})
