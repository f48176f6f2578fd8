-- The ratings behind alpha, per scale and for the scale with most ratings.

{{ kpi_rows(ref('int_kpi_alpha_ratings'), 'qa_agreement', {
    'variant': 'variant', 'scope_type': "'company'", 'scope_id': "'company'", 'agent_key': 'reviewer_agent_key',
    'fact_key': "review_key || '|' || criterion_id", 'detail': "criterion_id || ' of ' || unit || ' rated ' || cast(rating as varchar)", 'n': '1',
}) }}
