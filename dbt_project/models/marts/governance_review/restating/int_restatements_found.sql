-- Restatements that are not in the ledger yet, each with the reason that the evidence gives. Where several causes came
-- together the most specific one that touches the KPI is named, and the detail lists all of them. The run appends these
-- rows to the ledger before anything is published.

{%- set mappings = {
    'place': "'ticket_mappings', 'channel_mappings', 'account_mappings'", 'tag': "'tag_mappings'", 'team': "'team_mappings'",
} %}

with

moved as (

    select * from {{ ref('int_restatements_moved') }}

),

evidence as (

    select * from {{ ref('int_restatement_evidence') }}

),

definitions as (

    select
        kpi_id,
        kpi_version,
        kpi_group,
        -- what a card names first is what the number is made of
        split_part(coalesce(required_input, 'ticket_events'), '|', 1) as required_input,
        '|' || coalesce(required_input, '') || '|' as all_inputs
    from {{ ref('kpi_definitions') }}

),

counted as (

    select
        tenant_id,
        month,
        recorded_at,
        {% for area in ['policies', 'satisfaction_responses', 'survey_sends', 'qa_reviews', 'costs', 'account_health_snapshots',
            'orders', 'order_defects', 'agent_time', 'handle_sessions', 'contact_forecast', 'self_service_events'] -%}
        sum(case when area = '{{ area }}' and change = 'new' then row_count else 0 end) as new_{{ area }},
        sum(case when area = '{{ area }}' and change <> 'new' then row_count else 0 end) as other_{{ area }},
        {% endfor -%}
        {% for kind, areas in mappings.items() -%}
        sum(case when area in ({{ areas }}) then row_count else 0 end) as {{ kind }}_mappings,
        cast({{ sorted_list("case when area in (" ~ areas ~ ") then scopes end") }} as varchar) as {{ kind }}_scopes,
        {% endfor -%}
        sum(case when change = 'revived' then row_count else 0 end) as revived,
        sum(case when area in ('messages', 'ticket_events', 'tickets') and change = 'new' then row_count else 0 end) as new_ticket_rows,
        sum(case when area in ('messages', 'ticket_events', 'tickets') and change in ('changed', 'removed') then row_count else 0 end)
            as other_ticket_rows,
        cast({{ sorted_list("area || ' ' || change || ' ' || cast(row_count as varchar)") }} as varchar) as summary
    from evidence
    group by tenant_id, month, recorded_at

),

weighed as (

    select
        moved.*,
        definitions.required_input,
        counted.summary,
        -- hashes made in another way say nothing about each other
        moved.old_definition_hash <> moved.definition_hash
        and split_part(moved.old_definition_hash, ':', 1) = split_part(moved.definition_hash, ':', 1) as is_redefined,
        coalesce(moved.old_target_version_id, '') <> coalesce(moved.target_version_id, '')
        and coalesce(moved.old_value, 0) = coalesce(moved.new_value, 0) as is_retargeted,
        case
            when moved.layer <> 'none' or moved.clock = 'business' or definitions.all_inputs like '%targets|%'
                then counted.new_policies + counted.other_policies
            else 0
        end as policy_rows,
        case when definitions.required_input in ('satisfaction_responses', 'survey_sends') then counted.other_satisfaction_responses else 0 end
            as changed_answers,
        case when definitions.required_input = 'costs' then counted.new_costs + counted.other_costs else 0 end as cost_rows,
        case
            when
                moved.scope_type in ('platform', 'marketplace_account', 'channel')
                and position('|' || moved.scope_id || '|' in counted.place_scopes) > 0
                then counted.place_mappings
            when
                moved.scope_type in ('team', 'agent')
                and (moved.scope_id = 'no_team' or position('|' || moved.scope_id || '|' in counted.team_scopes) > 0)
                then counted.team_mappings
            when
                definitions.kpi_group = 'E'
                and (moved.scope_type <> 'reason' or position('|' || moved.scope_id || '|' in counted.tag_scopes) > 0)
                then counted.tag_mappings
            else 0
        end as mapping_rows,
        counted.place_mappings + counted.tag_mappings + counted.team_mappings as any_mapping_rows,
        case when definitions.required_input in ('qa_reviews', 'qa_review_items') then counted.other_qa_reviews else 0 end as changed_reviews,
        case
            when definitions.required_input not in ('costs', 'health_snapshots', 'contact_forecast', 'self_service_events', 'qa_reviews')
                then counted.revived
            else 0
        end as revived_rows,
        {% for kind in ['new', 'other'] -%}
        case definitions.required_input
            {% for input, area in [
                ('satisfaction_responses', 'satisfaction_responses'), ('survey_sends', 'survey_sends'), ('qa_reviews', 'qa_reviews'),
                ('qa_review_items', 'qa_reviews'), ('health_snapshots', 'account_health_snapshots'), ('orders', 'orders'),
                ('order_defects', 'order_defects'), ('agent_time', 'agent_time'), ('handle_sessions', 'handle_sessions'),
                ('contact_forecast', 'contact_forecast'), ('self_service_events', 'self_service_events'),
            ] -%}
            when '{{ input }}' then counted.{{ kind }}_{{ area }}
            {% endfor -%}
            else 0
        end as {{ kind }}_input_rows,
        {% endfor -%}
        counted.new_ticket_rows,
        counted.other_ticket_rows
    from moved
    left join definitions
        on
        moved.kpi_id = definitions.kpi_id
        and moved.kpi_version = definitions.kpi_version
    left join counted
        on
        moved.tenant_id = counted.tenant_id
        and moved.month = counted.month
        and moved.recorded_at = counted.recorded_at

),

explained as (

    select
        *,
        case
            when is_redefined then 'defect_fix'
            when is_retargeted or policy_rows > 0 then 'policy_backdated'
            when changed_answers > 0 then 'survey_changed'
            when cost_rows > 0 then 'late_cost'
            when changed_reviews > 0 then 'dispute_outcome'
            when mapping_rows > 0 then 'mapping_fix'
            when revived_rows > 0 then 'unmerge_or_restore'
            when new_input_rows > 0 then 'late_data'
            when other_input_rows > 0 then 'source_correction'
            when new_ticket_rows > 0 then 'late_data'
            when other_ticket_rows > 0 then 'source_correction'
            when any_mapping_rows > 0 then 'mapping_fix'
            when recorded_at < {{ as_of_at() }} then 'late_data'
            else 'defect_fix'
        end as reason_code
    from weighed

),

bridges as (

    -- old and new value of the last month that both versions have, told once, when that month is closed
    select
        new_version.*,
        old_version.kpi_version as old_kpi_version,
        old_version.value_presented as old_value,
        old_version.value_text as old_value_text,
        old_version.status_presented as old_status
    from {{ ref('int_kpi_presented') }} as old_version
    inner join {{ ref('kpi_definitions') }} as old_definitions
        on
        old_version.kpi_id = old_definitions.kpi_id
        and old_version.kpi_version = old_definitions.kpi_version
        and old_definitions.valid_to = cast({{ dbt.dateadd('month', 1, 'old_version.month') }} as date)
    inner join {{ ref('int_kpi_presented') }} as new_version
        on
        {% for column in ['tenant_id', 'month', 'kpi_id', 'stat', 'clock', 'layer', 'variant', 'scope_type', 'scope_id'] -%}
        {{ 'and ' if not loop.first }}old_version.{{ column }} = new_version.{{ column }}
        {% endfor -%}
        and new_version.kpi_version = old_version.kpi_version + 1
    left join {{ ref('int_ledger_restatements') }} as told
        on
        told.kpi_monthly_key is null
        {% for column in ledger_series() if column != 'kpi_monthly_key' -%}
        and new_version.{{ column }} = told.{{ column }}
        {% endfor -%}
    where
        told.restatement_id is null
        and old_version.is_presented
        and new_version.is_presented

),

final as (

    select
        {{ hash_text("kpi_monthly_key || '|' || cast(" ~ as_of_at() ~ " as varchar) || '|' || coalesce(cast(new_value as varchar), '') || '|' || coalesce(new_value_text, '') || '|' || coalesce(new_status, '')") }}
            as restatement_id,
        {{ ledger_series() | join(',\n        ') }},
        old_value,
        new_value,
        old_value_text,
        new_value_text,
        old_status,
        new_status,
        delta,
        reason_code,
        case
            when is_redefined
                then
                    'the program computes this version in another way'
                    || coalesce('; source rows since ' || cast(recorded_at as varchar) || ': ' || summary, '')
            when is_retargeted
                then
                    'judged by target version ' || coalesce(target_version_id, 'none') || ' instead of '
                    || coalesce(old_target_version_id, 'none')
            when summary is not null then 'source rows since ' || cast(recorded_at as varchar) || ': ' || summary
            when reason_code = 'late_data' then 'what happened after ' || cast(recorded_at as varchar) || ' to rows of this month'
            else 'no source row changed: the program computes it differently'
        end as detail,
        case reason_code
            when 'policy_backdated' then policy_rows
            when 'survey_changed' then changed_answers
            when 'late_cost' then cost_rows
            when 'dispute_outcome' then changed_reviews
            when 'mapping_fix' then coalesce(nullif(mapping_rows, 0), any_mapping_rows)
            when 'unmerge_or_restore' then revived_rows
            when 'late_data' then coalesce(nullif(new_input_rows, 0), new_ticket_rows)
            when 'source_correction' then coalesce(nullif(other_input_rows, 0), other_ticket_rows)
        end as affected_rows,
        {{ as_of_at() }} as detected_at,
        definition_hash,
        target_version_id
    from explained

    union all

    select
        {{ hash_text("'bridge|' || kpi_monthly_key") }} as restatement_id,
        cast(null as varchar) as kpi_monthly_key,
        {{ ledger_series() | reject('equalto', 'kpi_monthly_key') | join(',\n        ') }},
        old_value,
        value_presented as new_value,
        old_value_text,
        value_text as new_value_text,
        old_status,
        status_presented as new_status,
        value_presented - old_value as delta,
        'definition_change' as reason_code,
        'bridge: the last month of version ' || cast(old_kpi_version as varchar) || ' and what version '
        || cast(kpi_version as varchar) || ' gives for it' as detail,
        cast(null as bigint) as affected_rows,
        {{ as_of_at() }} as detected_at,
        definition_hash,
        target_version_id
    from bridges

)

select * from final
