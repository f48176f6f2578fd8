"""Persons in lists of commands: by name as their employer allows, else in words, and never without a logged look."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.lookups import audit_dir
from orchestration.presenting.persons import labels_of, person_in, person_said, with_person
from orchestration.presenting.scopes import called_in, place_said
from orchestration.settings import read_settings

KEY, TWIN, ALONE, OFF, HIDDEN = (letter * 32 for letter in "abcde")
AGENTS = f"""
    create schema core;
    create table core.dim_agents as select * from (values
        ('one', '{KEY}', '1', 'Ana Synthetic', 'named'), ('one', '{TWIN}', null, 'Ana Synthetic', 'named'),
        ('one', '{ALONE}', '3', 'Ben Synthetic', 'named'), ('one', '{OFF}', null, null, 'off'),
        ('one', '{HIDDEN}', null, null, 'pseudonymous')
    ) as agents (tenant_id, agent_key, agent_id, display_name, agent_views)
"""


@pytest.fixture
def rows() -> Callable[[str], list[dict[str, Any]]]:
    connection = duckdb.connect()
    connection.execute(AGENTS)

    def ask(query: str) -> list[dict[str, Any]]:
        cursor = connection.cursor().execute(query)
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    return ask


def test_persons_have_names_or_words_and_two_of_one_name_are_two(
    rows: Callable[[str], list[dict[str, Any]]],
) -> None:
    labels = labels_of(rows)
    assert labels == {
        KEY: "Ana Synthetic (1)",
        TWIN: "Ana Synthetic (bbbbbb)",
        ALONE: "Ben Synthetic",
        OFF: "name withheld",
        HIDDEN: "unnamed eeeeee",
    }
    assert person_said(labels, "unowned") == "nobody (queue, bot, system)"
    assert person_said(labels, "f" * 32) == "unnamed ffffff"
    detail = f"first turn, answered by {ALONE}"
    assert person_in(detail) == ALONE
    assert with_person(labels, detail) == "first turn, answered by Ben Synthetic"
    assert with_person(labels, "first turn, waived") == "first turn, waived"


def test_a_list_with_a_person_logs_the_look_and_one_without_does_not(tmp_path: Path) -> None:
    (tmp_path / "published").mkdir()
    with duckdb.connect(str(tmp_path / "published" / "marts.duckdb")) as connection:
        connection.execute(AGENTS)
    settings = read_settings({"DESKHOUSE_HOME": str(tmp_path)})
    company = {"tenant_id": "one", "scope_type": "company", "scope_id": "company"}
    person = {"tenant_id": "one", "scope_type": "agent", "scope_id": ALONE}

    assert called_in(settings, "action list", [company]).persons == {}
    assert not audit_dir(tmp_path).exists()
    called = called_in(settings, "action list", [company, person])
    assert place_said(called.places, "one", "agent", ALONE, called.persons) == "agent Ben Synthetic"
    (log,) = audit_dir(tmp_path).glob("*.jsonl")
    assert ALONE in log.read_text(encoding="utf-8")
