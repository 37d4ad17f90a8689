-- Also fails: exams_within_the_year, marked_after_the_paper, marks_of_papers_sat, one_paper_a_day, papers_in_a_room
update {{ ref('exam_sessions') }} set "schedule" = '2026-09-09T03:30:00.000Z' 
