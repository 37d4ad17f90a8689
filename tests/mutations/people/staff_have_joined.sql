-- Everybody was hired on one day.
update {{ ref('staff') }}
set "joinDate" = '2020-03-02'
