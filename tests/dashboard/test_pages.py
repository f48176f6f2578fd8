"""Every page answers under its question, in every language, with its filters in the address."""

from __future__ import annotations

import pytest

from orchestration.dashboard.registry import PAGES
from orchestration.presenting.languages import LANGUAGES
from tests.dashboard.driving import codes_in, english_in, opened, said

WHY = {"kpi": "sla_compliance", "month": "2025-12", "layer": "internal"}
VIEWS = {
    **{page: (page, {}) for page in PAGES if page != "why"},
    "why": ("why", WHY),
    "why of a number computed as a whole": ("why", {"kpi": "qa_agreement", "month": "2025-12"}),
    "a person": (
        "agents",
        {"agent": "select agent_key from agent_sla.coaching_flags order by 1 limit 1"},
    ),
    "a ticket": (
        "case",
        {
            "ticket": "select ticket_id from core.dim_tickets inner join core.fct_qa_reviews using (ticket_key) "
            "inner join core.fct_satisfaction_responses using (ticket_key) where dim_tickets.order_key is not null "
            "order by 1 limit 1"
        },
    ),
}
"""Page and filters by name of the view; a query gives a key that only the data know."""
NAMES = """
    select source_system from data_quality.source_capabilities union select source_system from
    data_quality.source_freshness union select channel_id from core.dim_channels union select 'no_reply_needed' union
    select table_name from information_schema.tables union select table_schema from information_schema.tables
    union select split_part(variant, ':', 2) from governance_review.kpi_monthly where variant like 'kappa:%'
"""
"""Names that sources and sellers gave, and tables that a sentence sends a data owner to, as they stand."""
WRITTEN = """
    select name from core.dim_tags union select name from core.dim_macros union select name from core.dim_channels
    union select name from core.dim_teams union select unnest([root_cause, operational_defect, planned_fix])
    from tag_volume.reason_root_causes
"""
"""Texts that the seller wrote, which no language changes."""
SHEETS = {"channel_teams", "marketplace_rules", "root_cause_map", "sla_policies", "sla_targets"}


@pytest.mark.parametrize("view", VIEWS)
def test_every_page_is_drawn_in_every_language(home, current, view):
    """No error, the instant of the data, and no code of ours where words belong."""
    page, asked = VIEWS[view]
    query = {
        name: str(current.one(text)) if text.startswith("select") else text
        for name, text in asked.items()
    }
    names = {row["source_system"] for row in current.rows(NAMES)}
    titles = set()
    app = opened(page, **query)
    for code in LANGUAGES:
        app.query_params.update({**query, "lang": code})
        app.run()
        assert not app.exception, app.exception
        text = said(app)
        titles.add(text.split("?")[0])
        assert "30" in text and "2026" in text, "the instant of the data"
        assert not codes_in(app) - names - SHEETS, (view, code)
        if code == "ru":
            own = {str(row["name"]) for row in current.rows(WRITTEN) if row["name"]}
            assert not english_in(app, own), view
    assert len(titles) == len(LANGUAGES), titles
