-- Only the words that the application's services accept. A row is a word that they do not.
select 'applications.gender' as what, "gender" as word from {{ ref('applications') }} where "gender" not in ('male', 'female', 'other')
union all
select 'applications.status', "status" from {{ ref('applications') }}
where "status" not in ('PENDING', 'APPROVED', 'REJECTED', 'WAITLISTED')
