delete from {{ ref('class_subject_teachers') }}
where "id" = (select min("id") from {{ ref('class_subject_teachers') }})
