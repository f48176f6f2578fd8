-- Words and keys of the lists that come with the program, in one query.
{{ promises_kept([
    'seed_agent_views',
    'seed_alert_limits',
    'seed_amazon_feedback_dates',
    'seed_ebay_message_accounts',
    'seed_marketplace_rules',
    'seed_marketplace_sites',
    'seed_scorecard_parts',
]) }}
