"""Small loads by the hundred: what dlt asks again in each of them is asked once."""

from __future__ import annotations

import pytest

from tests.ingestion.narrowed import narrow
from tests.remembered_hints import remember_hints


@pytest.fixture(scope="session", autouse=True)
def _hints_are_remembered() -> None:
    remember_hints()


@pytest.fixture(autouse=True)
def _tables_of_the_test(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read what the mark ``tables`` names, and all without one."""
    mark = request.node.get_closest_marker("tables")
    if mark is not None and mark.args:
        narrow(monkeypatch, *mark.args)
