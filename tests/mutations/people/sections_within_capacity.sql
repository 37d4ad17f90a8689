-- The pupils of a branch are all put into one section.
-- Also fails: ages_fit_grades, approved_become_newcomers, audit_data_agree, invoice_amounts,
--   lessons_have_all_their_pupils, marks_of_papers_sat, student_sits_where_enrolled
update {{ ref('enrollments') }}
set "sectionId" = (select min("id") from {{ ref('sections') }} where "branchId" = 'dps-main')
where "branchId" = 'dps-main'
