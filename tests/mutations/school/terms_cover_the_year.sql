-- The second term begins a day late.
update {{ ref('academic_years') }}
set "terms" = replace("terms", '-10-01"', '-10-02"')
where "id" = (select min("id") from {{ ref('academic_years') }})
