-- A branch has no Class 3.
-- Also fails: applied_for_a_class_of_the_branch, fee_structure_for_each_grade_and_year, fees_stay_within_the_branch,
--   marks_of_papers_sat, people_parents_are_there, relationships_students_classId__id__ref_classes_,
--   school_parents_are_there, timetable_parents_are_there
delete from {{ ref('classes') }}
where "name" = 'Class 3'
