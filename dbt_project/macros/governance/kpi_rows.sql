{#-
    Rows behind a number that is computed as a whole (a model `int_kpi_<what>` of int_kpi_recomputed): what a step of the number says of
    its rows, as `deskhouse explain` lists them from int_kpi_evidence. Their numerators, denominators and n add up to those of the number;
    what is left null (a whole company's orders, the most points behind a limit) does not add up and is not compared.

    `given` maps columns to expressions over `relation`, which has tenant_id and month; what it does not name is null, layer and
    variant are 'none'. Rows that belong to one scope name it by `scope_type` and `scope_id`, others by their places.
-#}
{% macro kpi_rows(relation, kpi_id, given, where='true') -%}
    select
        tenant_id,
        month,
        {{ "'" ~ kpi_id ~ "'" if not kpi_id.startswith('column:') else kpi_id[7:] }} as kpi_id,
        {% for column, type in kpi_row_columns().items() -%}
        cast({{ given.get(column, "'none'" if column in ['layer', 'variant'] else 'null') }} as {{ type }}) as {{ column }}
        {{- ',' if not loop.last }}
        {% endfor -%}
    from {{ relation }}
    where {{ where }}
{%- endmacro %}

{#- Columns of such a row beside tenant_id, month and kpi_id, with their types. -#}
{% macro kpi_row_columns() -%}
    {{ return({
        'layer': 'varchar', 'variant': 'varchar', 'scope_type': 'varchar', 'scope_id': 'varchar', 'platform': 'varchar',
        'marketplace_account_key': 'varchar', 'channel_key': 'varchar', 'team_key': 'varchar', 'agent_key': 'varchar',
        'subject_type': 'varchar', 'subject_id': 'varchar', 'fact_key': 'varchar', 'ticket_key': 'varchar',
        'happened_at': 'timestamp', 'detail': 'varchar', 'numerator': 'decimal(28, 9)', 'denominator': 'decimal(28, 9)',
        'n': 'decimal(28, 9)',
    }) }}
{%- endmacro %}
