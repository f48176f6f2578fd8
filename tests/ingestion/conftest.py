"""Small loads by the hundred: what dlt asks again in each of them is asked once."""

from __future__ import annotations

import pytest

from tests.remembered_hints import remember_hints


@pytest.fixture(scope="session", autouse=True)
def _hints_are_remembered() -> None:
    remember_hints()
