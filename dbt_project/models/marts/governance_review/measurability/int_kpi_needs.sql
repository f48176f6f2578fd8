{{ config(access='protected', materialized=step()) }}

-- What every number needs, one row per KPI, variant, clock and need: the capabilities and inputs its card names, for a variant in
-- seed_kpi_variant_inputs those instead of the card's, and opening hours and the team of a
-- ticket for every business clock. Alert rules and coaching flags
-- that look at other rows than their KPI stand beside KPIs under their own name. The sign `*` stands for
-- every variant without own needs, or every clock. `place` orders the needs as the card names them.

with

definitions as (

    select * from {{ ref('seed_kpi_definitions') }}

),

variants as (

    select * from {{ ref('seed_kpi_variant_inputs') }}

),

needing as (

    select
        {{ kpi_series_id('definitions') }} as kpi_id,
        '*' as variant,
        '|' || coalesce(required_capability, '') || '|' as capabilities,
        '|' || coalesce(required_input, '') || '|' as inputs
    from definitions

    union all

    select
        {{ kpi_series_id('definitions') }} as kpi_id,
        variants.variant,
        '|' || coalesce(variants.required_capability, '') || '|' as capabilities,
        '|' || coalesce(variants.required_input, '') || '|' as inputs
    from definitions
    inner join variants on definitions.kpi_id = variants.kpi_id

    {% for rule in alert_rules() + coaching_needs() if rule.inputs is defined %}
    union all

    select
        '{{ rule.rule_id }}' as kpi_id,
        '*' as variant,
        '|{{ rule.capabilities }}|' as capabilities,
        '|{{ rule.inputs }}|' as inputs
    {% endfor %}

),

needs as (

    {% for capability in source_capability_names() %}
    select
        'capability' as kind,
        '{{ capability }}' as need,
        false as is_promise,
        'no source of the tenant has the capability {{ capability }}' as missing
    union all
    {% endfor %}
    {% for input in kpi_input_words() %}
    select
        'input' as kind,
        '{{ input.input }}' as need,
        {{ 'true' if input.layer is defined else 'false' }} as is_promise,
        '{{ input.missing }}' as missing
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    needing.kpi_id,
    needing.variant,
    '*' as clock,
    needs.kind,
    needs.need,
    needs.is_promise,
    needs.missing,
    case
        when needs.kind = 'capability' then position('|' || needs.need || '|' in needing.capabilities)
        else 1000 + position('|' || needs.need || '|' in needing.inputs)
    end as place
from needing
inner join needs
    on position('|' || needs.need || '|' in case needs.kind when 'capability' then needing.capabilities else needing.inputs end) > 0

union all

select
    needing.kpi_id,
    needing.variant,
    'business' as clock,
    needs.kind,
    needs.need,
    needs.is_promise,
    needs.missing,
    2000 as place
from needing
cross join needs
where needs.need = 'business_hours'

union all

select
    needing.kpi_id,
    needing.variant,
    'business' as clock,
    needs.kind,
    needs.need,
    needs.is_promise,
    needs.missing,
    2001 as place
from needing
cross join needs
where needs.need = 'ticket_team'
