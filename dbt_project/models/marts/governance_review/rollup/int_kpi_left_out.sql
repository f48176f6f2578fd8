{{ config(materialized='table') }}

-- What began in a month and may be missing from a number (int_kpi_absent_facts), with the KPIs that count it in some month. `deskhouse explain` counts the
-- rows of the facts a KPI counts that the KPI does not have. Which KPIs count a fact is known here for all of them at once: who looks at one number would
-- have to read its whole history. Grain: fact and reason.

with

absent as (

    select * from {{ ref('int_kpi_absent_facts') }}

),

observed as (

    -- rows of numbers computed as a whole may name their scope: they are repeated for each, and the company has all of them; shares of
    -- reasons are of counted tickets alone, so of nothing that is absent
    {% for relation, condition in [
        ('int_kpi_counts_observed', 'true'),
        ('int_kpi_durations_observed', 'true'),
        (
            'int_kpi_evidence',
            "coalesce(scope_type, 'company') = 'company' and computed_in not in ('int_kpi_reasons', 'int_kpi_reason_volumes')"
        ),
    ] %}
    select
        kpi_id,
        variant,
        layer,
        fact_key
    from {{ ref(relation) }}
    where
        fact_key in (select absent.fact_key from absent)
        and {{ condition }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- figures that a card names beside the KPI count other things
own as (

    select distinct
        observed.kpi_id,
        observed.layer,
        observed.fact_key
    from observed
    left join {{ ref('kpi_definitions') }} as definitions
        on
        observed.kpi_id = definitions.kpi_id
        and '|' || definitions.companions || '|' like '%|' || observed.variant || '|%'
    where definitions.kpi_id is null

),

counted as (

    select
        fact_key,
        layer,
        {{ joined_list(sorted_list('kpi_id'), '|') }} as counted_by
    from (
        select fact_key, layer, kpi_id from own where layer <> 'none'
        union all
        select distinct fact_key, 'none' as layer, kpi_id from own
    ) as by_layer
    group by fact_key, layer

)

select
    absent.tenant_id,
    months.month,
    absent.fact,
    absent.fact_key,
    absent.about,
    absent.layer,
    absent.reason,
    absent.platform,
    accounts.marketplace_account_id,
    coalesce(channels.channel_id, 'no_channel') as channel_id,
    coalesce(teams.team_id, 'no_team') as team_id,
    counted.counted_by
from absent
inner join {{ ref('int_kpi_months') }} as months
    on
    absent.tenant_id = months.tenant_id
    and absent.happened_at >= months.month_start_at
    and absent.happened_at < months.month_end_at
left join {{ ref('dim_marketplace_accounts') }} as accounts on absent.marketplace_account_key = accounts.marketplace_account_key
left join {{ ref('dim_channels') }} as channels on absent.channel_key = channels.channel_key
left join {{ ref('dim_teams') }} as teams on absent.team_key = teams.team_key
left join counted on absent.fact_key = counted.fact_key and absent.layer = counted.layer
order by months.month, absent.fact
