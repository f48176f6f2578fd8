"""Marts of all acceptance tenants, whatever edge each is about, equal the second computation."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.conftest import AS_OF
from tests.oracle.registry import MARTS, compared


@pytest.mark.slow
@pytest.mark.parametrize("table", MARTS)
def test_marts_of_the_acceptance_tenants_agree(table: str, acceptance_home: Path) -> None:
    found = compared(acceptance_home / "warehouse.duckdb", AS_OF, table)
    assert not found.differences, found.text()
