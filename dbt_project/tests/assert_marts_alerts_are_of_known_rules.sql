-- Every alert is of a rule that the list of rules says can fire; those about the data themselves always can.
select
    alerts.tenant_id,
    alerts.rule_id,
    rules.not_measurable_reason
from {{ ref('alerts') }} as alerts
left join {{ ref('alert_rules') }} as rules
    on
    alerts.tenant_id = rules.tenant_id
    and alerts.rule_id = rules.rule_id
where
    (
        rules.rule_id is null
        and alerts.rule_id not in ('data_stale', 'mapping_gap', 'completeness')
        -- a seller without a ticket that counts has no month yet, by which rules are judged; health of accounts is seen all the same
        and alerts.tenant_id in (select judged.tenant_id from {{ ref('alert_rules') }} as judged)
    )
    -- a single thing that was seen is a finding also where others are not
    or (
        not rules.is_measurable
        and alerts.rule_id not in ('obligation_at_risk', 'obligation_breached', 'oldest_overdue', 'case_deadline', 'sensitive_burst')
    )
