"""The action log from the command line: recorded in the ledger, the newest record counts, wrong values are named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from ingestion.errors import ConfigurationError
from orchestration.cli import app
from orchestration.closing.action_log import (
    ActionError,
    NewAction,
    add_action,
    close_action,
    latest_actions,
)
from orchestration.settings import Settings, read_settings

ACTION = NewAction(
    "monthly_business_review",
    "reopen_rate",
    "channel",
    "amazon_it",
    date(2026, 10, 1),
    "red",
    "Check the first answer of every return before it is solved.",
    "process_fix",
    "Ada",
    date(2026, 12, 1),
    date(2026, 12, 31),
    expected_change=Decimal("-0.02"),
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"DESKHOUSE_HOME": str(tmp_path)}, "2026-11-10T09:00:00Z")


def test_an_action_is_recorded_and_closed_once(settings: Settings) -> None:
    first = add_action(settings, ACTION, "Bob", "t")
    second = add_action(settings, ACTION, "Bob", "t")
    assert (first, second) == ("A0001", "A0002")
    later = replace(settings, as_of=settings.as_of.replace(month=12, day=1))
    close_action(later, first, "Eve", evidence="report 12", tenant_id="t")
    record = latest_actions(settings)["t", first]
    assert (record["status"], record["evidence_ref"], record["recorded_by"]) == (
        "done",
        "report 12",
        "Eve",
    )
    assert record["closed_at"].isoformat() == "2026-12-01T09:00:00"
    assert record["expected_change"] == Decimal("-0.02")
    assert latest_actions(settings)["t", second]["status"] == "open"
    with pytest.raises(ActionError, match="A0001 was done on 2026-12-01"):
        close_action(later, first, "Eve", tenant_id="t")
    with pytest.raises(ActionError, match="no action A0009"):
        close_action(later, "A0009", "Eve", tenant_id="t")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"forum_id": "coffee"}, "forum_id 'coffee' is unknown; choose among daily_huddle"),
        ({"decision_type": "hope"}, "decision_type 'hope' is unknown"),
        ({"kpi_id": "happiness"}, "'happiness' is no KPI of the registry"),
        ({"expected_kpi": "happiness/internal"}, "'happiness' is no KPI"),
        ({"evaluate_on": date(2026, 11, 30)}, "before the action is due"),
    ],
)
def test_what_the_catalogue_does_not_know_is_named(
    settings: Settings, change: dict[str, object], said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said):
        add_action(settings, replace(ACTION, **change), "Bob", "t")  # type: ignore[arg-type]
    assert latest_actions(settings) == {}


def test_the_command_logs_lists_and_closes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKHOUSE_HOME", str(tmp_path))
    monkeypatch.setenv("DESKHOUSE_AS_OF", "2026-11-10T09:00:00Z")
    runner = CliRunner()
    given = [
        "action", "add", "Call the carrier", "--kpi", "contact_rate", "--owner", "Ada", "--due", "2026-12-01",
        "--evaluate", "2026-12-31", "--type", "upstream_fix", "--tenant", "t", "--expect", "-0.5",
    ]  # fmt: skip
    assert "A0001 logged" in runner.invoke(app, given).output
    assert "Call the carrier" in runner.invoke(app, ["action", "list"]).output
    assert "company:company" not in runner.invoke(app, ["action", "list"]).output
    assert (
        "A0001 is dropped"
        in runner.invoke(app, ["action", "close", "A0001", "--dropped", "--tenant", "t"]).output
    )
    assert "No action is open." in runner.invoke(app, ["action", "list"]).output
    assert "dropped" in runner.invoke(app, ["action", "list", "--all"]).output
    refused = runner.invoke(app, [*given, "--month", "October"])
    assert refused.exit_code == 2


def test_a_listed_place_is_called_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setenv("DESKHOUSE_HOME", str(tmp_path))
    monkeypatch.setenv("DESKHOUSE_AS_OF", settings.as_of.isoformat())
    monkeypatch.setenv("COLUMNS", "200")
    settings.marts_file.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.marts_file)) as connection:
        connection.execute("create schema core")
        connection.execute(
            "create table core.dim_channels as select 't' as tenant_id, 'amazon_it' as channel_id, "
            "'Amazon Italy' as name"
        )
    add_action(settings, ACTION, "Bob", "t")
    listed = CliRunner().invoke(app, ["action", "list"]).output
    assert "channel Amazon Italy" in listed
    assert "amazon_it" not in listed
