-- Only the words that the application's services accept. A row: another word, or none, and how often.
with words as (
    select 'Student.status' as what, "status" as word from {{ ref('students') }}
    union all
    select 'Student.gender', "gender" from {{ ref('students') }}
    union all
    select 'Enrollment.status', "status" from {{ ref('enrollments') }}
    union all
    select 'StudentGuardian.relation', "relation" from {{ ref('student_guardians') }}
    union all
    select 'Staff.status', "status" from {{ ref('staff') }}
    union all
    select 'Staff.employmentType', "employmentType" from {{ ref('staff') }}
)

select words.what, words.word, count(*) as times
from words
left join (values
    ('Student.status', 'active'), ('Student.status', 'inactive'), ('Student.status', 'graduated'),
    ('Student.gender', 'male'), ('Student.gender', 'female'), ('Student.gender', 'other'),
    ('Enrollment.status', 'enrolled'), ('Enrollment.status', 'completed'),
    ('Enrollment.status', 'transferred'), ('Enrollment.status', 'inactive'),
    ('StudentGuardian.relation', 'father'), ('StudentGuardian.relation', 'mother'),
    ('StudentGuardian.relation', 'guardian'),
    ('Staff.status', 'active'), ('Staff.status', 'inactive'), ('Staff.status', 'on_leave'),
    ('Staff.employmentType', 'Full-time'), ('Staff.employmentType', 'Part-time'), ('Staff.employmentType', 'Contract')
) as allowed(what, word)
    on allowed.what = words.what
    and allowed.word = words.word
where allowed.word is null
group by words.what, words.word
