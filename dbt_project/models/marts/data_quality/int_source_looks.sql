{{ config(materialized=step(), schema='intermediate', access='private', contract={'enforced': false}) }}

-- When each connector was last looked at with success, whether or not it had anything new: written by every pull, as the as-of
-- instant of its run. Warehouses of before have none yet; a load that brought rows was a look too (int_source_lags).
{%- set looks = adapter.get_relation(target.database, 'raw_checks', 'source_looks') if execute else none %}
{%- if looks is not none %}
select
    connector,
    looked_at
from {{ looks }}
{%- else %}
select
    cast(null as varchar) as connector,
    cast(null as timestamp) as looked_at
where 1 = 0
{%- endif %}
