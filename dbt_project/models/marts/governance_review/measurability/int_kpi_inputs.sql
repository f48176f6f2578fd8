{{ config(materialized=step()) }}

-- Inputs a tenant has, under the names the registry uses, each by the condition in `kpi_inputs`. A promise is there per layer
-- and while it is in force; everything else is there or not (layer and times null).

with

present as (

    {% for input in kpi_inputs() %}
    select distinct
        tenant_id,
        '{{ input.input }}' as input,
        cast({{ input.layer | default('null') }} as varchar) as layer,
        cast({{ input.from_at | default('null') }} as timestamp) as from_at,
        cast({{ input.to_at | default('null') }} as timestamp) as to_at
    from {{ ref(input.relation) }} as {{ input.relation }}
    where
        {{ input.condition | default('true') }}
        and {{ input_is_told(input) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from present
