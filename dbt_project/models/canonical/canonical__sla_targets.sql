-- Targets follow the origin of their policy.

{{ canonical_part('sla_targets', whole='canonical__sla_policies', by=['policy_id', 'version'], vendors=['zendesk']) }}
