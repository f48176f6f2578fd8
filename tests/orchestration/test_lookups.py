"""Every look-up of a person is logged before anything is shown, persons by key (catalogue §11.7)."""

from __future__ import annotations

import json
import os
import shutil
import stat
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.doctor import examine
from orchestration.ledger.keys import FOLDER_VARIABLE
from orchestration.lookups import LookupLogError, audit_dir, log_lookup, logged
from orchestration.promoting import promote
from orchestration.publishing import stage
from orchestration.settings import read_settings
from orchestration.versions import mark_gated

MONTH = "2026-01"


@pytest.fixture(scope="module")
def home(
    simulated_warehouse: tuple[Path, datetime], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The simulated seller, published."""
    folder = tmp_path_factory.mktemp("lookups")
    warehouse, as_of = simulated_warehouse
    shutil.copy(warehouse, folder / "warehouse.duckdb")
    candidate = stage(folder / "warehouse.duckdb", folder / "published", as_of, run_id="run")
    mark_gated(candidate, 1, 0)
    promote(folder / "published", candidate)
    return folder


@pytest.fixture(autouse=True)
def _asks(
    home: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKHOUSE_HOME", str(home))
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path_factory.mktemp("keys")))
    shutil.rmtree(audit_dir(home), ignore_errors=True)


def ask(*arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, list(arguments))
    assert done.exit_code == code, done.output
    return done.output


def someone(home: Path) -> tuple[str, str]:
    """Key and name of a person who answered in the month."""
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        found: tuple[str, str] = connection.execute(
            "select numbers.scope_id, agents.display_name from governance_review.kpi_monthly as numbers "
            "inner join core.dim_agents as agents on numbers.scope_id = agents.agent_key "
            "where numbers.kpi_id = 'replies_sent' and numbers.month = date '2026-01-01' "
            "and numbers.scope_type = 'agent' and numbers.value > 0 order by 1"
        ).fetchall()[0]
    return found


def test_a_named_person_is_logged_by_key(home: Path) -> None:
    key, name = someone(home)
    ask("explain", "replies_sent", MONTH, "--agent", name)
    (lookup,) = logged(home)
    assert (lookup.agent_keys, lookup.agents) == ((key,), 1)
    assert lookup.command == f"explain replies_sent {MONTH} --agent {key}"
    assert lookup.rows > 0 and lookup.user
    assert lookup.operator.endswith(f"(uid {os.getuid()})")
    (path,) = audit_dir(home).glob("*.jsonl")
    assert name not in path.read_text(encoding="utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_persons_behind_a_company_number_are_logged_and_orders_are_nobody(home: Path) -> None:
    ask("explain", "replies_sent", MONTH)
    assert next(logged(home)).agents > 3
    ask("explain", "contact_rate", MONTH)
    assert len(list(logged(home))) == 1


def test_exports_of_persons_are_logged_without_names(home: Path, tmp_path: Path) -> None:
    key, name = someone(home)
    table, file = "agent_sla.agent_scorecards", str(tmp_path / "out.csv")
    ask("export", table, "--csv", file, "--where", "layer=internal", "--where", f"agent_key={key}")
    ask("export", "governance_review.kpi_monthly", "--csv", file, "--scope", f"agent:{name}")
    ask("export", "governance_review.kpi_definitions", "--csv", file)
    one, other = logged(home)
    assert one.agent_keys == other.agent_keys == (key,)
    assert "layer = internal" in one.command
    assert name not in other.command


def test_alerts_about_persons_are_logged(home: Path) -> None:
    with duckdb.connect(str(home / "published" / "marts.duckdb"), read_only=True) as connection:
        about = connection.execute(
            "select count(distinct agent_key) from agent_sla.alerts where is_open and not is_suppressed "
            "and agent_key is not null and agent_key not in ('unowned', 'aggregated')"
        ).fetchall()[0][0]
    ask("alerts")
    assert sum(lookup.agents for lookup in logged(home)) == about


def test_what_cannot_be_logged_is_not_shown(home: Path, tmp_path: Path) -> None:
    audit_dir(home).write_text("in the way")
    try:
        file = tmp_path / "out.csv"
        said = ask("export", "agent_sla.agent_scorecards", "--csv", str(file), code=1)
        assert "cannot be written" in said and "nothing was shown" in said
        assert not file.exists()
        findings = {finding.subject: finding for finding in examine(read_settings())}
        assert findings["look-ups"].state == "error" and findings["look-ups"].remedy
    finally:
        audit_dir(home).unlink()


def _write(home: Path, writer: int) -> None:
    for number in range(50):
        log_lookup(home, f"by {writer} {number}", ["k" * 3000], 1)


def test_writers_at_the_same_time_leave_whole_lines(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4) as pool:
        list(pool.map(_write, [tmp_path] * 8, range(8)))
    assert len({lookup.command for lookup in logged(tmp_path)}) == 400


def test_a_board_keeps_the_first_fifty_and_the_count(tmp_path: Path) -> None:
    log_lookup(tmp_path, "export", [f"k{n:03}" for n in range(70)] + ["unowned", None], 70)
    (lookup,) = logged(tmp_path)
    assert (len(lookup.agent_keys), lookup.agents) == (50, 70)


def test_the_log_is_listed_and_a_foreign_line_is_named(home: Path) -> None:
    assert "No look-ups" in ask("lookups")
    log_lookup(home, "explain frt 2026-01", ["ana"], 3)
    log_lookup(home, "alerts", ["ben"], 1)
    said = ask("lookups", "--agent", "ben")
    assert "alerts" in said and "explain" not in said
    (path,) = audit_dir(home).glob("*.jsonl")
    with path.open("a") as file:
        file.write(json.dumps({"at": "x"}) + "\n")
    with pytest.raises(LookupLogError, match=r"lookups-.*\.jsonl line 3"):
        list(logged(home))
    ask("lookups", code=1)


def test_the_operator_is_who_the_system_says_whatever_the_session_claims(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "somebody-else")
    log_lookup(home, "alerts", ["ana"], 1)
    (lookup,) = logged(home)
    assert lookup.user == "somebody-else"
    assert "somebody-else" not in lookup.operator
    assert f"(uid {os.getuid()})" in lookup.operator
    assert "somebody-else" in ask("lookups") and f"(uid {os.getuid()})" in ask("lookups")


def test_a_refusal_tells_no_names_and_one_that_tells_keys_is_logged(home: Path) -> None:
    key, name = someone(home)
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        names = {
            other
            for (other,) in connection.execute(
                "select display_name from core.dim_agents"
            ).fetchall()
            if other
        }
    said = ask("explain", "replies_sent", MONTH, "--agent", "nobody of this name", code=2)
    assert not [other for other in names if other in said]
    assert list(logged(home)) == []
    said = ask("explain", "replies_sent", "2019-01", "--agent", name, code=2)
    assert key in said and name not in said
    (lookup,) = logged(home)
    assert (lookup.agent_keys, lookup.rows) == ((key,), 0)
    assert "refused" in lookup.command and name not in lookup.command
