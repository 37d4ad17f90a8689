{{ config(table='Tenant', slice_by=['branch'], tags=['school'], rows='1',
          key_kind='natural', owner='"id" = :branch_id') }}

-- One row per branch: the tenant whose id every other row carries as branchId.
-- Rows: one. The branches are the project's own; their schools' names are generic.

select
    {{ branch.id }}   as "id",
    {{ branch.id }}   as "branchId",
    {{ branch.name }} as "name",
    {{ branch.id }}   as "subdomain"
