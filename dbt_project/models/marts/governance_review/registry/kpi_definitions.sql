with

definitions as (

    select * from {{ ref('seed_kpi_definitions') }}

),

hashed as (

    select
        kpi_id,
        kpi_version,
        kpi_group,
        name,
        alias,
        unit,
        better,
        stat,
        extra_stats,
        period,
        attribution,
        aggregation,
        min_n,
        clock_codes,
        governed_clock,
        coalesce(layers, 'none') as layers,
        coalesce(variants, 'none') as variants,
        coalesce(governed_variant, 'none') as governed_variant,
        allowed_scopes,
        required_capability,
        required_input,
        formula,
        numerator_meaning,
        denominator_meaning,
        companions,
        forum_id,
        computed_in,
        computed_in is not null as is_computed,
        -- hashes made in another way are not compared: a change of the way is no change of the definition
        '2:' || {{ hash_text(
            "kpi_id || '|' || cast(kpi_version as varchar) || '|' || unit || '|' || better || '|' || stat || '|' || period"
            ~ " || '|' || attribution || '|' || formula || '|' || coalesce(numerator_meaning, '')"
            ~ " || '|' || coalesce(denominator_meaning, '') || '|' || " ~ kpi_sql_hash('computed_in', 'kpi_id')
        ) }} as definition_hash,
        valid_from,
        valid_to
    from definitions

)

select * from hashed
