-- Also fails: exam_follows_a_template, exam_notices_are_true
update {{ ref('exams') }} set "name" = 'Half-Yearly Examination' 
