-- Everybody was hired on one day.
-- Also fails: teachers_teach_what_they_know
update {{ ref('staff') }}
set "joinDate" = '2020-03-02'
