with

keyed as (

    {{ canonical_reference('kpi_targets', is_seeded=true, per=['kpi_id']) }}

),

final as (

    -- what people wrote down about a person holds whatever key the person has since
    select
        {% for column in canonical_columns('kpi_targets') -%}
        {{ scope_of_today('keyed') ~ ' as scope_id' if column == 'scope_id' else 'keyed.' ~ column }},
        {% endfor -%}
        keyed.origin
    from keyed
    left join {{ ref('canonical__former_person_keys') }} as former
        on
        {{ is_former_scope('keyed') }}

)

select * from final
