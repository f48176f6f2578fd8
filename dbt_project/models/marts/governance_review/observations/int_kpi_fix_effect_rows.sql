-- The contacts of the reason, where the fix touches, in the 8 weeks before and after it went live.

with

effects as (

    select * from {{ ref('int_kpi_fix_effect') }}

),

touched as (

    select
        effects.tenant_id,
        effects.month,
        sides.fix_id,
        contacts.obligation_key,
        contacts.ticket_key,
        contacts.started_at,
        contacts.platform,
        contacts.marketplace_account_key,
        contacts.started_day >= sides.live_on as is_after
    from {{ ref('int_fix_sides') }} as sides
    inner join effects
        on
        sides.tenant_id = effects.tenant_id
        and sides.fix_id = effects.scope_id
    inner join {{ ref('int_kpi_reason_contacts') }} as contacts
        on
        sides.tenant_id = contacts.tenant_id
        and sides.platform = contacts.platform
        and sides.reason_name = contacts.reason_name
        and contacts.started_day >= cast({{ dbt.dateadd('day', -56, 'sides.live_on') }} as date)
        and contacts.started_day < cast({{ dbt.dateadd('day', 56, 'sides.live_on') }} as date)
    where sides.side = 'touched'

)

{{ kpi_rows('touched', 'fix_effect', {
    'platform': 'platform', 'marketplace_account_key': 'marketplace_account_key', 'subject_type': "'fix'", 'subject_id': 'fix_id',
    'fact_key': 'obligation_key', 'ticket_key': 'ticket_key', 'happened_at': 'started_at',
    'detail': "case when is_after then 'after the fix' else 'before the fix' end", 'numerator': 'case when is_after then 1 else 0 end', 'n': '1',
}) }}
