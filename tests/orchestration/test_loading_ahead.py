"""What is loaded while a simulated world is told: modules that exist, and a fault stays with the step that meets it."""

from __future__ import annotations

import importlib.util

import pytest

from orchestration import loading_ahead
from orchestration.manifest import DbtProjectError


def test_every_module_exists() -> None:
    assert [name for name in loading_ahead._LATER if importlib.util.find_spec(name) is None] == []


def test_a_project_that_does_not_parse_is_not_told_of_here(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def refuse() -> None:
        asked.append("parse")
        raise DbtProjectError("The dbt project does not parse.")

    monkeypatch.setattr(loading_ahead, "prepared_manifest", refuse)
    loading_ahead.load_for_build()
    assert asked == ["parse"]
