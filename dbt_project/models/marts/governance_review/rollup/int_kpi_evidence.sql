{{
    config(
        materialized='view',
        meta={
            'tables': [
                'int_kpi_agent_consistency',
                'int_kpi_agent_handle_times',
                'int_kpi_alpha',
                'int_kpi_backlog_days',
                'int_kpi_fix_effect',
                'int_kpi_kappa',
                'int_kpi_macro_coverage',
                'int_kpi_macro_handle_deltas',
                'int_kpi_reason_costs',
                'int_kpi_reconciliation',
                'int_kpi_unit_costs',
            ],
            'sorted_by': ['kpi_id', 'month'],
        }
    )
}}

-- The rows behind every number that is computed as a whole, which `deskhouse explain` lists: of each model the step with its rows (`_rows` beside
-- it unless it says `from`), and what the step's columns mean as rows (`kpi_rows`). Without `given` the step says it in full; there the rows are
-- often the model, and the number is what they add up to.

{%- set places = {
    'platform': 'platform', 'marketplace_account_key': 'marketplace_account_key', 'channel_key': 'channel_key', 'team_key': 'team_key',
} %}
{%- set own_scope = {'scope_type': 'scope_type', 'scope_id': 'scope_id'} %}
{%- set fact = {'fact_key': 'fact_key', 'happened_at': 'happened_at', 'detail': 'detail'} %}
{%- set evidence = {
    'int_kpi_agent_consistency': {'from': 'int_kpi_agent_consistency'},
    'int_kpi_agent_handle_times': {'of': 'aht', 'given': dict(
        places, scope_type="'agent'", scope_id='agent_key', team_key='null', agent_key='agent_key', fact_key='obligation_key', ticket_key='ticket_key',
        happened_at='ended_at', detail="cast(sessions as varchar) || ' sessions'", numerator='handle_s', denominator='1', n='1'
    )},
    'int_kpi_alpha': {},
    'int_kpi_backlog_days': {'of': 'backlog_days', 'given': dict(
        places, **dict(fact, ticket_key='ticket_key', numerator='waiting', denominator='resolved_a_day', n='waiting')
    )},
    'int_kpi_fix_effect': {},
    'int_kpi_freshness': {'of': 'freshness_lag', 'given': dict(fact, n='1')},
    'int_kpi_headroom': {'from': 'int_kpi_headroom_limits', 'of': 'health_headroom', 'given': dict(
        fact, variant='variant', platform='platform', marketplace_account_key='marketplace_account_key',
        detail="detail || ', ' || cast(cast(floor(defects_left) as integer) as varchar) || ' left'", n='1'
    )},
    'int_kpi_kappa': {'from': 'int_kpi_kappa_pairs', 'of': 'qa_agreement', 'given': dict(
        own_scope, variant='variant', fact_key='pair', detail="criterion_id || case when first_pass = second_pass then ', agreed' else ', not agreed' end",
        numerator='case when first_pass = second_pass then 1 else 0 end', denominator='1', n='1'
    )},
    'int_kpi_macro_coverage': {'from': 'int_kpi_macro_covered', 'of': 'macro_top5_coverage', 'given': dict(
        own_scope, subject_type="'reason'", subject_id='reason_name', fact_key="scope_type || '|' || scope_id || '|' || reason_name",
        detail="reason_name || case when is_covered then ', covered' else ', without' end",
        numerator='case when is_covered then 1 else 0 end', n='1'
    )},
    'int_kpi_macro_handle_deltas': {'of': 'macro_aht_delta', 'given': dict(
        places, **dict(
            own_scope, subject_type="'reason'", subject_id='reason_name', fact_key='ticket_key', ticket_key='ticket_key', happened_at='resolved_at',
            detail="cast(handle_s as varchar) || ' s, ' || case when is_with then 'macro ' || macro_id else 'no macro' end", denominator='1', n='1'
        )
    )},
    'int_kpi_reason_contact_rate': {},
    'int_kpi_reason_costs': {'of': 'tag_cost', 'given': dict(
        places, subject_type="'reason'", subject_id="coalesce(reason_name, 'untagged')", fact_key='cycle_key', ticket_key='ticket_key',
        happened_at='resolved_at', detail="cast(handle_s as varchar) || ' s, ' || coalesce(reason_name, 'untagged')",
        numerator='labour_cost * handle_s', n='1'
    )},
    'int_kpi_reason_volumes': {},
    'int_kpi_reasons': {},
    'int_kpi_reconciliation': {'of': 'reconciliation_delta', 'given': dict(
        fact, variant='variant', platform='platform', marketplace_account_key='marketplace_account_key', n='n'
    )},
    'int_kpi_speed_verdicts': {'from': 'int_kpi_speed_periods', 'of': 'speed_volume_verdict', 'given': dict(
        own_scope, variant='variant', fact_key="variant || '|' || cast(period_start as varchar) || '|' || scope_type || '|' || scope_id",
        happened_at='period_start', detail='verdict', numerator='case when attention = 6 then 1 else 0 end',
        denominator='case when attention > 1 then 1 else 0 end'
    )},
    'int_kpi_unit_costs': {'from': 'int_kpi_unit_costs'},
} %}

with

evidence as (

    {% for model, rows in evidence.items() -%}
    {{ piece(model, loop.first) }}
    select
        '{{ model }}' as computed_in,
        tenant_id,
        month,
        kpi_id,
        {{ kpi_row_columns() | join(', ') }}
    {% set step = ref(rows.get('from', model ~ '_rows')) -%}
    from {% if rows.given %}({{ kpi_rows(step, rows.of, rows.given) }}) as given{% else %}{{ step }}{% endif %}
    {% endfor %}
    {{ pieces_end() }}

)

select * from evidence
