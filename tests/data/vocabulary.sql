-- Only the words that the application's services accept.
select 'students.status' as what, "status" as word from {{ ref('students') }} where "status" not in ('active', 'inactive', 'graduated')
union all
select 'students.gender', "gender" from {{ ref('students') }} where "gender" not in ('male', 'female', 'other')
union all
select 'enrollments.status', "status" from {{ ref('enrollments') }}
where "status" not in ('enrolled', 'completed', 'transferred', 'inactive')
union all
select 'student_guardians.relation', "relation" from {{ ref('student_guardians') }}
where "relation" not in ('father', 'mother', 'guardian')
union all
select 'staff.status', "status" from {{ ref('staff') }} where "status" not in ('active', 'inactive', 'on_leave')
union all
select 'staff.employmentType', "employmentType" from {{ ref('staff') }}
where "employmentType" not in ('Full-time', 'Part-time', 'Contract')
