update {{ ref('exams') }} set "startDate" = '2001-01-01', "endDate" = '2099-01-01'
