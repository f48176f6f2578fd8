"""A run before what is known: never in the ledger, never published, in a home of its own, in any order of instants."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from orchestration import running
from orchestration.cli import app
from orchestration.closing.restating import record_restatements
from orchestration.ledger.chain import LedgerError
from orchestration.ledger.keys import FOLDER_VARIABLE
from orchestration.ledger.tables import TABLES, fill_raw_ledger, ledger_of, table_of
from orchestration.locks import holds_run
from orchestration.looking_back import LookBackError, known_later, looked_back, refuse_past
from orchestration.settings import Settings, read_settings

CLOSED = datetime(2026, 11, 8, 6, tzinfo=UTC)
BUILT = CLOSED - timedelta(hours=1)
MOVED = datetime(2026, 11, 12, 6, tzinfo=UTC)
PUBLISHED = datetime(2026, 11, 20, 6, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A month closed on day 8 at 06:00 as built at 05:00; one number moved on day 12; published as of day 20."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "keys"))
    monkeypatch.setenv("DESKHOUSE_HOME", str(tmp_path / "home"))
    folder = tmp_path / "home"
    close: dict[str, object] = {
        "close_id": "t-2026-10",
        "tenant_id": "t",
        "month": date(2026, 10, 1),
    }
    close |= {"closed_at": CLOSED, "data_as_of": BUILT}
    _record(folder, "closes", close)
    _record(folder, "snapshots", {"close_id": "t-2026-10", "tenant_id": "t"})
    _record(
        folder, "restatements", {"restatement_id": "r1", "tenant_id": "t", "detected_at": MOVED}
    )
    _publish(folder, PUBLISHED)
    fill_raw_ledger(folder)
    _find_restatement(folder)
    return folder


def _record(home: Path, table: str, row: dict[str, object]) -> None:
    plain = {k: v.replace(tzinfo=None) if isinstance(v, datetime) else v for k, v in row.items()}
    ledger_of(home).append({table: table_of(table, [plain])})


def _publish(home: Path, as_of: datetime) -> None:
    folder = home / "published" / "current"
    folder.mkdir(parents=True, exist_ok=True)
    content = {"as_of": as_of.isoformat(), "rows": {}}
    (folder / "publication.json").write_text(json.dumps(content))


def _find_restatement(home: Path) -> None:
    """A build that found one number that moved, with an empty comparison of facts."""
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        for schema in ("intermediate", "governance_review"):
            connection.execute(f"create schema {schema}")
        for table, columns in (("found", "restatements"), ("facts_now", "facts")):
            name = "int_restatements_found" if table == "found" else "int_ledger_facts_now"
            listed = ", ".join(f'"{c}" {t}' for c, t in TABLES[columns].items())
            connection.execute(f"create table intermediate.{name} ({listed})")
        connection.execute(
            "create view intermediate.int_ledger_facts as select * from raw_ledger.facts"
        )
        connection.execute(
            "insert into intermediate.int_restatements_found by name "
            "select 'r2' as restatement_id, 't' as tenant_id, 'k' as kpi_monthly_key"
        )
        connection.execute(
            "create table governance_review.kpi_monthly as select 't' as tenant_id, now()::timestamp as as_of"
        )


def at(home: Path, instant: datetime) -> Settings:
    return replace(read_settings({"DESKHOUSE_HOME": str(home)}), as_of=instant)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(minutes=st.integers(-60 * 24 * 30, 60 * 24 * 30))
@example(minutes=-1)
@example(minutes=0)
@example(minutes=1)
def test_a_run_is_a_look_back_exactly_when_something_is_known_of_later(
    home: Path, minutes: int
) -> None:
    """Whatever the instant, the ledger gets what was found only by a run that goes forward."""
    instant = PUBLISHED + timedelta(minutes=minutes)
    run = at(home, instant)
    ledger = ledger_of(home)
    before = len(ledger.links)
    if instant < PUBLISHED:
        with pytest.raises(LookBackError, match=r"2026-11-20 06:00 UTC.*--publish-past"):
            refuse_past(run)
        assert record_restatements(run) == 0
        assert len(ledger.links) == before
    else:
        refuse_past(run)
        assert known_later(run) is None


@pytest.mark.parametrize(
    ("instant", "run_knows", "close_knows"),
    [
        (BUILT - timedelta(seconds=1), "a close", "a close"),
        (BUILT, "a close", None),
        (CLOSED - timedelta(seconds=1), "a close", None),
        (CLOSED, None, None),
    ],
)
def test_a_close_judges_at_its_build_and_a_run_after_the_close(
    tmp_path: Path, instant: datetime, run_knows: str | None, close_knows: str | None
) -> None:
    """Another tenant's month may be closed from the same build."""
    _record(tmp_path, "closes", {"close_id": "c", "closed_at": CLOSED, "data_as_of": BUILT})
    run = at(tmp_path, instant)
    for is_close, expected in ((False, run_knows), (True, close_knows)):
        known = known_later(run, is_close=is_close)
        assert (known.what if known else None) == expected


def test_a_restatement_is_recorded_once_by_a_run_that_goes_forward(home: Path) -> None:
    run = at(home, PUBLISHED)
    assert record_restatements(run) == 1
    # A step that is repeated before the marts are built anew finds the same and writes nothing.
    assert record_restatements(run) == 0
    assert len(ledger_of(home).files("restatements")) == 2


def test_what_was_found_against_an_older_ledger_is_not_recorded(home: Path) -> None:
    _record(home, "closes", {"close_id": "t-2026-09", "tenant_id": "t", "closed_at": CLOSED})
    with pytest.raises(LedgerError, match="grew while the marts were built"):
        record_restatements(at(home, PUBLISHED))


def test_a_look_back_has_a_home_of_its_own_and_the_ledger_as_it_was(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKHOUSE_HOME", str(home))
    (home / "privacy.key").write_text("secret")
    (home / "dlt" / "pipelines").mkdir(parents=True)
    (home / "dlt" / "pipelines" / "state").write_text("cursor")
    before = (home / "warehouse.duckdb").read_bytes()
    for instant, closes, restatements in (
        (CLOSED - timedelta(minutes=1), 0, 0),
        (CLOSED, 1, 0),
        (MOVED, 1, 1),
    ):
        beside = looked_back(at(home, instant))
        assert os.environ["DESKHOUSE_HOME"] == str(beside.home)
        assert beside.home.parent == home / "look-back"
        assert [path.name for path in (home / "look-back").iterdir()] == [beside.home.name]
        assert (beside.home / "dlt/pipelines/state").read_text() == "cursor"
        assert (beside.home / "privacy.key").read_text() == "secret"
        fill_raw_ledger(beside.home)
        with duckdb.connect(str(beside.warehouse), read_only=True) as connection:
            counts = connection.execute(
                "select (select count(*) from raw_ledger.closes), (select count(*) from raw_ledger.snapshots), "
                "(select count(*) from raw_ledger.restatements)"
            ).fetchall()
        assert counts == [(closes, closes, restatements)]
        refuse_past(beside)
        with pytest.raises(LookBackError, match="nothing else"):
            refuse_past(replace(beside, as_of=PUBLISHED))
        assert record_restatements(beside) == 0
        with pytest.raises(LedgerError, match="look-back, which records nothing"):
            _record(beside.home, "signoffs", {"signoff_id": "x"})
    assert (home / "warehouse.duckdb").read_bytes() == before
    assert len(ledger_of(home).links) == 3


def test_a_command_in_a_look_back_is_told_where_to_run(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_back(at(home, CLOSED))
    done = CliRunner().invoke(app, ["run", "--sources", "ebay"])
    assert done.exit_code == 1
    assert f"run in {home} instead" in " ".join(done.output.split())


@pytest.mark.parametrize("is_past_published", [False, True])
def test_a_run_before_what_is_known_is_the_run_of_the_home_it_looks_back_from(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_past_published: bool
) -> None:
    met: list[tuple[Settings, bool, bool]] = []

    def pipeline(used: Settings, *given: object) -> running.Outcome:
        met.append((used, holds_run(home), bool(given[-1])))
        return running.Outcome()

    monkeypatch.setattr(running, "run_pipeline", pipeline)
    (tmp_path / "landing").mkdir()
    monkeypatch.setenv("DESKHOUSE_LANDING_DIR", str(tmp_path / "landing"))
    arguments = ["run", "--sources", "landing", "--as-of", MOVED.isoformat()]
    past = ["--publish-past"] if is_past_published else []
    done = CliRunner().invoke(app, [*arguments, *past])
    ((used, is_held, is_told),) = met
    assert is_held and not holds_run(home)
    assert used.as_of == MOVED
    assert is_told == is_past_published
    assert used.home == (home if is_past_published else home / "look-back" / "20261112T060000Z")
    assert "Nothing was published" in done.output


def test_ledger_commands_tell_verify_and_accept(home: Path) -> None:
    ledger = ledger_of(home)
    done = CliRunner().invoke(app, ["ledger", "verify"])
    assert done.exit_code == 0 and "3 files verify" in done.output
    assert f"signed by key {ledger.links[-1].key}" in done.output
    lines = ledger.path.read_bytes().splitlines(keepends=True)
    (ledger.folder / ledger.links[-1].file).unlink()
    ledger.path.write_bytes(b"".join(lines[:2]))
    for command in (["ledger", "verify"], ["restatement", "list"], ["action", "list"]):
        done = CliRunner().invoke(app, command)
        assert done.exit_code == 1, command
        assert "remembers the ledger up to file 3" in done.output, command
        assert "deskhouse ledger accept" in done.output, command
    names = ["--by", "Ada", "--second", "Bob", "--reason", "the disk broke"]
    done = CliRunner().invoke(app, ["ledger", "accept", *names])
    assert done.exit_code == 0, done.output
    assert "this is file 4" in done.output
    assert CliRunner().invoke(app, ["ledger", "verify"]).exit_code == 0
    fill_raw_ledger(home)
