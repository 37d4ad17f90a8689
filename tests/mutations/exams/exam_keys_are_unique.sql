update {{ ref('exams') }} set "name" = 'Half-Yearly Examination' 
