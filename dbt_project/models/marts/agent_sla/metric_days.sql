{{ config(materialized='view', schema='intermediate', access='protected', contract={'enforced': false}) }}

-- Days of all tenants, each once: what metrics are laid out over.
with days as (
    select distinct date_day from {{ ref('dim_dates') }}
)

select * from days
