"""Every page answers under its question, in every language, with its filters in the address."""

from __future__ import annotations

import pytest

from orchestration.dashboard.registry import PAGES
from orchestration.presenting.languages import LANGUAGES
from tests.dashboard.driving import opened, said

QUERIES = {"why": {"kpi": "sla_compliance", "month": "2025-12", "layer": "internal"}}


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_drawn_in_every_language(home, page):
    titles = set()
    app = opened(page, **QUERIES.get(page, {}))
    for code in LANGUAGES:
        app.query_params.update({**QUERIES.get(page, {}), "lang": code})
        app.run()
        assert not app.exception, app.exception
        text = said(app)
        titles.add(text.split("?")[0])
        assert "30" in text and "2026" in text, "the instant of the data"
    assert len(titles) == len(LANGUAGES), titles
