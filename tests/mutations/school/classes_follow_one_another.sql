-- A branch has no Class 3.
delete from {{ ref('classes') }}
where "name" = 'Class 3'
