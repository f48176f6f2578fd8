-- Every capability and input that a card, or a variant of it, names is one that the judge of measurability knows: a misspelt name
-- would be no need at all.
with

named as (

    select
        {{ kpi_series_id('definitions') }} as kpi_id,
        '*' as variant,
        coalesce(required_capability, '') as capabilities,
        coalesce(required_input, '') as inputs
    from {{ ref('seed_kpi_definitions') }} as definitions

    union all

    select
        {{ kpi_series_id('definitions') }} as kpi_id,
        variants.variant,
        coalesce(variants.required_capability, '') as capabilities,
        coalesce(variants.required_input, '') as inputs
    from {{ ref('seed_kpi_variant_inputs') }} as variants
    left join {{ ref('seed_kpi_definitions') }} as definitions on variants.kpi_id = definitions.kpi_id

),

expected as (

    {% for kind, list in {'capability': 'capabilities', 'input': 'inputs'}.items() %}
    select
        kpi_id,
        variant,
        '{{ kind }}' as kind,
        {{ list }} as names,
        case when {{ list }} = '' then 0 else length({{ list }}) - length(replace({{ list }}, '|', '')) + 1 end as name_count
    from named
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

known as (

    select
        kpi_id,
        variant,
        kind,
        count(*) as known_count
    from {{ ref('int_kpi_needs') }}
    where clock = '*'
    group by kpi_id, variant, kind

)

select
    expected.*,
    known.known_count
from expected
left join known
    on
    expected.kpi_id = known.kpi_id
    and expected.variant = known.variant
    and expected.kind = known.kind
where
    expected.kpi_id is null
    or expected.name_count <> coalesce(known.known_count, 0)
