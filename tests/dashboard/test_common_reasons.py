"""A reason that keeps most numbers of a table from being compared is said once, any other beside its number."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from orchestration.dashboard.context import Context
from orchestration.dashboard.selection import Filters
from orchestration.dashboard.views.overview_table import _changes, _common
from orchestration.presenting.languages import language

LOG = "that month is known only from 2025-10-30 on (zendesk)"
_NO_FILE: Any = None


@pytest.fixture
def context() -> Context:
    return Context(_NO_FILE, _NO_FILE, language("en", "dashboard"), Filters(), "overview")


def _row(delta: float | None, reason: str | None) -> SimpleNamespace:
    return SimpleNamespace(
        value=0.5, unit="%", stat="ratio", mom_delta=0.01, mom_reason=None,
        yoy_delta=delta, yoy_reason=reason,
    )  # fmt: skip


def test_what_most_numbers_lack_is_said_once(context: Context) -> None:
    rows = [_row(None, LOG), _row(None, LOG), _row(None, "no number then"), _row(0.02, None)]
    assert _common(pd.DataFrame([vars(row) for row in rows])) == {}
    rows.append(_row(None, LOG))
    common = _common(pd.DataFrame([vars(row) for row in rows]))
    assert common == {"yoy_reason": LOG}
    said = [" ".join(_changes(context, row, common)) for row in rows]
    assert ["To last year" in text for text in said] == [False, False, True, True, False]
    assert all("To last month: +1.0" in text for text in said)
    assert "no number then" in said[2] and "+2.0" in said[3]
