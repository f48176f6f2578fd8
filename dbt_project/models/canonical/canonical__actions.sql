{{ config(materialized=step()) }}

with

landed as (

    select
        actions.*,
        {{ scope_of_today('actions') }} as scope_id_today
    from ({{ landed_rows_if_any('actions') }}) as actions
    left join {{ ref('canonical__former_person_keys') }} as former
        on
        {{ is_former_scope('actions') }}

),

final as (

    select
        {% for column in canonical_columns('actions') -%}
        {{ 'scope_id_today as scope_id' if column == 'scope_id' else column }} {{- ',' if not loop.last }}
        {% endfor %}
    from landed

)

select * from final
