-- No key stands twice, and every row has its branch, a message and a file that of their ticket. A row is one that has not.
{%- for table in ['tickets', 'ticket_messages', 'ticket_attachments'] %}

select '{{ table }}' as what, "id", count(*) as times
from {{ ref(table) }}
group by "id"
having count(*) > 1
union all
{% endfor %}
{%- for table in ['ticket_messages', 'ticket_attachments'] %}

select '{{ table }}.branchId', child."id", 1
from {{ ref(table) }} as child
left join {{ ref('tickets') }} as ticket
    on ticket."id" = child."ticketId"
    and ticket."branchId" = child."branchId"
where ticket."id" is null
union all
{% endfor %}

select 'tickets.branchId', ticket."id", 1
from {{ ref('tickets') }} as ticket
left join {{ ref('tenants') }} as tenant
    on tenant."id" = ticket."branchId"
where tenant."id" is null
