"""What was closed stays: through a look back, a published past, thirteen months and the loss of the warehouse."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration import running
from orchestration.cli import app
from orchestration.closing.month_close import CloseRequest, close_month
from orchestration.ledger.chain import LedgerError
from orchestration.ledger.tables import fill_raw_ledger, ledger_of
from orchestration.settings import Settings
from tests.e2e.closed_month import AFTER, state
from tests.e2e.house import RESTATEMENTS, House, Rows, run_at
from tests.e2e.runner import deskhouse
from tests.pipeline import build, load

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]

OCTOBER = date(2026, 10, 1)
BEFORE = datetime(2026, 10, 20, 6, tzinfo=UTC)
AGED = datetime(2027, 12, 1, 6, tzinfo=UTC)
"""October 2026 is no longer among the thirteen whole months for which persons are told apart."""
READ = (
    *("+kpi_monthly", "+restatements", "+int_restatements_found", "+month_closes"),
    *("+agent_sla_daily", "+operator_activity_daily"),
)
"""What is built of that day: what is asked for here, and what it reads."""


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Four days later one run has brought everything that came in meanwhile, and told what moved; a copy to alter."""
    return state(tmp_path_factory, "moved").copied(tmp_path_factory.mktemp("moved"))


@pytest.fixture(scope="module")
def past(moved: House, tmp_path_factory: pytest.TempPathFactory) -> House:
    """The same house, where the privacy key was rotated, and the run after that published 20 October again."""
    house = moved.copied(tmp_path_factory.mktemp("past"))
    house.command("rotate-key")
    house.runs(BEFORE, "--publish-past")
    return house


@pytest.fixture(scope="module")
def aged(past: House, tmp_path_factory: pytest.TempPathFactory) -> House:
    """The present is built and published again, more than a year later; nothing new came in."""
    house = past.copied(tmp_path_factory.mktemp("aged"))
    assert house.builds(AGED, READ) == 0
    house.publishes(AGED)
    return house


@pytest.fixture(autouse=True)
def keys_of_the_house(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test does by itself, it does with the keys of the house that it is about."""
    houses = ("aged", "past", "moved")
    house: House = request.getfixturevalue(
        next(name for name in houses if name in request.fixturenames)
    )
    with house.inside():
        yield


@pytest.fixture(scope="module")
def presented_at_close(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    return state(tmp_path_factory, "open").known()


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def _by_plain_calls(moved: House) -> Callable[..., running.Outcome]:
    """The part of a run in which it pulls, builds and publishes, whatever home it is told."""

    def run(used: Settings, *_: object) -> running.Outcome:
        house = House(moved.folder)
        house.home = used.home
        house.builds(used.as_of, ("+kpi_monthly", "+month_closes"))
        house.publishes(used.as_of)
        return running.Outcome(is_published=True)

    return run


def test_looking_back_leaves_what_was_closed_alone(
    moved: House, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The close on day 8 and what moved by day 12 are untouched by a look at 20 October, which says what it is."""
    ledger, version = _files(moved.home / "ledger"), (moved.home / "published/current").readlink()
    published, warehouse = _files(moved.home / "published"), moved.home / "warehouse.duckdb"
    before = warehouse.read_bytes()
    monkeypatch.setattr(running, "run_pipeline", _by_plain_calls(moved))
    done = CliRunner().invoke(app, [*run_at(BEFORE)], env=moved.variables)
    assert done.exit_code == 0, done.output
    # what a run says of its progress goes to the terminal itself
    assert "looking back from 2026-10-20 06:00 UTC" in capfd.readouterr().err
    assert "LOOK-BACK, not published: as known at 2026-10-20 06:00 UTC" in done.stdout
    assert _files(moved.home / "ledger") == ledger
    assert (moved.home / "published/current").readlink() == version
    assert _files(moved.home / "published") == published
    assert warehouse.read_bytes() == before
    (beside,) = (moved.home / "look-back").iterdir()
    with duckdb.connect(str(beside / "published/marts.duckdb"), read_only=True) as connection:
        ((as_of,),) = connection.execute(
            "select distinct as_of from governance_review.kpi_monthly"
        ).fetchall()
        presented = connection.execute(
            "select count(*) from governance_review.month_closes"
        ).fetchall()
    assert as_of == BEFORE.replace(tzinfo=None)
    assert presented == [(0,)]
    with pytest.raises(LedgerError, match="look-back, which records nothing"):
        ledger_of(beside).append({})


def test_publishing_the_past_records_nothing_and_closes_nothing(past: House, moved: House) -> None:
    """Published it is only where that is asked for; all that a run begins with is as it was."""
    ledger = _files(moved.home / "ledger")
    content = json.loads((past.home / "published/current/publication.json").read_text())
    assert datetime.fromisoformat(content["as_of"]) == BEFORE
    assert _files(past.home / "ledger") == ledger
    past.command(*("close-month", "2026-09", "--all-tenants", "--as-of", AFTER.isoformat()), code=1)
    assert _files(past.home / "ledger") == ledger


def test_who_publishes_the_present_again_finds_nothing_new(aged: House, moved: House) -> None:
    content = json.loads((aged.home / "published/current/publication.json").read_text())
    assert datetime.fromisoformat(content["as_of"]) == AGED
    assert _files(aged.home / "ledger") == _files(moved.home / "ledger")


def test_persons_of_a_closed_month_end_after_thirteen_months_and_nobody_else(
    aged: House, presented_at_close: Rows
) -> None:
    """§11.7: presented or not; teams, channels and the company stay to the digit."""
    persons = {
        key
        for (key,) in aged.query(
            "select distinct kpi_monthly_key from raw_ledger.snapshots where scope_type = 'agent'"
        )
    }
    others = [row for row in presented_at_close if row[0] not in persons]
    assert 100 < len(others) < len(presented_at_close)
    assert aged.kept() == others
    for table in ("agent_sla_daily", "operator_activity_daily"):
        named = aged.query(
            f"select distinct agent_key from agent_sla.{table} "
            "where date_day < date '2026-11-01' and agent_key <> 'unowned'"
        )
        assert named == [("aggregated",)], table


def test_their_leaving_is_no_restatement_and_what_was_restated_is_kept(
    aged: House, moved: House
) -> None:
    told, kept = (_without_persons(house.query(RESTATEMENTS)) for house in (moved, aged))
    assert any(row[2] == "agent" for row in told)
    assert kept == told
    assert ledger_of(aged.home).problems() == []


def _without_persons(restatements: Rows) -> Rows:
    """Who is meant bears another key after the rotation, and so do the rows."""
    told = [(*row[1:4], None if row[3] == "agent" else row[4], *row[5:]) for row in restatements]
    return sorted(told, key=str)


def test_explain_and_close_go_on_with_a_month_whose_persons_are_gone(aged: House) -> None:
    company = aged.command("explain", "csat", "2026-10", "--channel", "mail")
    assert "Traceback" not in company.err
    ((person,),) = aged.query(
        "select max(scope_id) from raw_ledger.snapshots where kpi_id = 'replies_sent' "
        "and scope_type = 'agent' and scope_id <> 'unowned'"
    )
    gone = deskhouse(
        *("explain", "replies_sent", "2026-10", "--agent", str(person)), variables=aged.variables
    )
    assert gone.code != 0
    assert gone.err.startswith("error: ") and "Traceback" not in gone.err, gone.err
    head = ledger_of(aged.home).head
    again = close_month(aged.settings(AGED), CloseRequest(OCTOBER, "Charles Babbage"))
    assert not any(close.is_new for close in again)
    assert ledger_of(aged.home).head == head


def test_losing_the_warehouse_loses_nothing_that_was_closed(
    moved: House, presented_at_close: Rows
) -> None:
    """Approved, shown, then all but the ledger is thrown away and read anew: the same is presented and restated."""
    moved.command(
        *("restatement", "approve", "--all-tenants", "--reason", "late_cost", "--by", "Ada")
    )
    moved.command(
        *("restatement", "shown", "--all-tenants", "--meeting", AFTER.isoformat(), "--by", "Ada")
    )
    restated = moved.query(RESTATEMENTS)
    (moved.home / "warehouse.duckdb").unlink()
    load(["landing"], moved.home, AFTER, moved.landing)
    fill_raw_ledger(moved.home)
    build(moved.home, AFTER, select=("+kpi_monthly", "+restatements", "+int_restatements_found"))
    assert moved.kept() == presented_at_close
    assert moved.query(RESTATEMENTS) == restated
    # Only what is about the loading itself moves: everything arrived anew.
    found = moved.query("select distinct kpi_id from intermediate.int_restatements_found")
    assert found in ([], [("late_arrival_rate",)])
    reviewed = moved.query(
        "select distinct kpi_id in ('cost_per_unit', 'tag_cost'), approved_by, shown_in_forum_id, shown_in_forum_at "
        "from governance_review.restatements order by 1"
    )
    meeting = ("monthly_business_review", AFTER.replace(tzinfo=None))
    assert reviewed == [(False, None, *meeting), (True, "Ada", *meeting)]
    assert ledger_of(moved.home).problems() == []
