with rules as (
    select * from {{ ref('seed_marketplace_rules') }}
),

final as (
    select
        {{ surrogate_key(['rule_id', "coalesce(site, '')", 'cast(valid_from as varchar)']) }} as marketplace_rule_key,
        rule_id,
        platform,
        site,
        rule,
        metric,
        limit_value,
        limit_condition,
        count_guard,
        count_unit,
        clock,
        not_counted,
        consequence,
        rule_class,
        valid_from,
        valid_to,
        valid_from <= cast({{ as_of_at() }} as date)
        and (valid_to is null or valid_to > cast({{ as_of_at() }} as date)) as is_in_force,
        source_url,
        last_verified_on,
        verified_by,
        case
            when last_verified_on is null then 'never_verified'
            when {{ add_seconds('cast(last_verified_on as timestamp)', '180 * 86400') }} < {{ as_of_at() }} then 'outdated'
            else 'verified'
        end as verification_status
    from rules
)

select * from final
