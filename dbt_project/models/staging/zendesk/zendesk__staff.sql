-- One row for everyone who was ever staff, by pseudonym: a former agent's replies stay replies.
with

service_users as (

    select * from {{ ref('seed_zendesk_service_users') }}

),

identities as (

    select * from {{ ref('stg_zendesk__staff_identities') }}

),

people as (

    select
        identities.tenant_id,
        identities.user_ref,
        max(identities.staff_id) as staff_id,
        max(identities.display_name) as display_name,
        max(case
            when {{ zendesk_has_tag('identities.tags', 'integration') }} or service_users.kind = 'integration' then 2
            when {{ zendesk_has_tag('identities.tags', 'bot') }} or service_users.kind = 'bot' then 1
            else 0
        end) as kind_code,
        max(case when {{ zendesk_has_tag('identities.tags', 'team_lead') }} then 1 else 0 end) = 1 as is_lead,
        max(case when identities.evidence = 'light_agent' then 1 else 0 end) = 1 as is_light,
        min(identities.since) as since,
        min(identities.ingested_at) as ingested_at,
        max(identities.load_id) as load_id
    from identities
    left join service_users
        on
        identities.display_name = service_users.display_name
        and service_users.tenant_id in (identities.tenant_id, '*')
    group by identities.tenant_id, identities.user_ref

),

final as (

    select
        tenant_id,
        user_ref,
        staff_id,
        display_name,
        case kind_code when 2 then 'integration' when 1 then 'bot' else 'agent' end as kind,
        is_lead,
        is_light,
        since,
        ingested_at,
        load_id
    from people

)

select * from final
