"""A replay says what an independent count says, under other targets, clocks, calendars and missed-contact policies."""

from __future__ import annotations

import fcntl
import hashlib
import io
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ingestion.errors import ConfigurationError, DiskFullError
from ingestion.yaml_lines import YamlFileError
from orchestration.cli import app
from orchestration.terminal import Terminal
from orchestration.warehouse import open_read_only
from orchestration.what_if import replaying
from orchestration.what_if.comparing import (
    ALL_REPLIES,
    NO_CHANNEL,
    Cell,
    Comparison,
    Tally,
    compare,
)
from orchestration.what_if.policy_file import read_policy_file
from orchestration.what_if.replaying import replayed
from orchestration.what_if.show import print_comparison
from tests.acceptance.desks import f21a
from tests.landing_builder import Desk, at, write
from tests.pipeline import fresh_home, run_landing

AS_OF = at("2026-04-01 00:00")
START = at("2026-01-05 08:00")
DAY = 86400
REPLIED_AFTER_S = [
    *(1, 2, 3599, 3600, 3601, 7200, DAY - 1, DAY, DAY + 1, DAY + 7200, 2 * DAY - 1, 2 * DAY),
    *(2 * DAY + 1, 3 * DAY, 5 * DAY, None),
]
"""Around every limit that a test sets; None = never answered."""

Plan = list[tuple[datetime, datetime | None]]


def promise_desk() -> tuple[Desk, Plan]:
    """Sixteen turns a week for ten weeks, answered after fixed times; every third is urgent."""
    desk = Desk("promise", default_policies=False)
    desk.policy("promised", "internal", {"first_reply": DAY})
    plan: Plan = []
    for week in range(10):
        for number, seconds in enumerate(REPLIED_AFTER_S):
            opened = START + timedelta(weeks=week, minutes=37 * number)
            ticket = desk.ticket(opened, f"k{week}x{number}", assignee="a")
            desk.customer(ticket, opened)
            replied = None if seconds is None else opened + timedelta(seconds=seconds)
            if replied is not None:
                desk.reply(ticket, replied, "a")
            plan.append((opened, replied))
    return desk, plan


def expected(plan: Plan, target_s: int) -> dict[date, Tally]:
    """Met in the month of the reply, breached in the month of the due time; counted here from the plan alone."""
    met: Counter[date] = Counter()
    judged: Counter[date] = Counter()
    for opened, replied in plan:
        due = opened + timedelta(seconds=target_s)
        is_met = replied is not None and (replied - opened).total_seconds() <= target_s
        fell = replied if is_met and replied is not None else due
        if fell < AS_OF:
            month = fell.date().replace(day=1)
            met[month] += is_met
            judged[month] += 1
    return {month: Tally(met[month], judged[month]) for month in judged}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two tenants, built once: the desk above, and the hundred calls of catalogue §3.7 that count as missed."""
    folder = tmp_path_factory.mktemp("landing")
    write([promise_desk()[0], f21a()], folder)
    home = fresh_home(tmp_path_factory.mktemp("home") / "h")
    select = ["+int_kpi_verdicts", "+int_kpi_months", "+build_state", "+dim_channels"]
    run_landing(folder, home, AS_OF, select=select)
    return home


@contextmanager
def replay(home: Path, tmp_path: Path, text: str) -> Iterator[Comparison]:
    """The comparison for a policy file of this text."""
    path = tmp_path / "policy.yml"
    path.write_text(text, encoding="utf-8")
    warehouse = home / "warehouse.duckdb"
    with replayed(warehouse, read_policy_file(path)) as copy:
        yield compare(warehouse, copy, 120, "internal")


def by_month(comparison: Comparison, tenant: str) -> dict[date, tuple[Tally, Tally]]:
    found = comparison.tallies(
        lambda cell: (
            (cell.month,) if (cell.tenant_id, cell.kpi_id) == (tenant, ALL_REPLIES) else None
        )
    )
    return {key[0]: both for key, both in found.items() if isinstance(key[0], date)}


def calls(comparison: Comparison) -> tuple[Tally, Tally]:
    """The hundred calls, today and replayed."""
    (both,) = by_month(comparison, "f21a").values()
    return both


def content(home: Path) -> dict[str, str]:
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file()
    }


@pytest.mark.slow
def test_a_relaxed_target_raises_compliance_as_counted_by_hand(home: Path, tmp_path: Path) -> None:
    _, plan = promise_desk()
    before = content(home)
    text = """
        name: Two days
        targets:
          - {policy_id: promised, metric: first_reply, target: 2 d}
        missed_contacts:
          - {channel_id: phone, missed_policy: treat_normally}
    """
    with open_read_only(home / "warehouse.duckdb") as reader:
        with replay(home, tmp_path, text) as comparison:
            found = by_month(comparison, "promise")
            today, replayed_calls = calls(comparison)
        assert reader.execute("select count(*) from core.dim_tickets").fetchall()[0][0] > 200
    assert {month: both[0] for month, both in found.items()} == expected(plan, DAY)
    assert {month: both[1] for month, both in found.items()} == expected(plan, 2 * DAY)
    sums = [sum(both[side].met for both in found.values()) for side in (0, 1)]
    assert sums == [80, 120]
    assert (today.compliance, replayed_calls.compliance) == (0.81, 0.85)
    assert content(home) == before


@pytest.mark.slow
def test_an_impossible_target_lowers_it_and_ignored_calls_leave_the_denominator(
    home: Path, tmp_path: Path
) -> None:
    _, plan = promise_desk()
    text = """
        targets:
          - {layer: internal, metric: first_reply, target: 1 s, clock: calendar}
          - {policy_id: in, target: 60 s}
        missed_contacts:
          - {channel_id: phone, missed_policy: ignore}
    """
    with replay(home, tmp_path, text) as comparison:
        found = by_month(comparison, "promise")
        today, replayed_calls = calls(comparison)
        owners = comparison.tallies(
            lambda cell: (cell.owner_rule,) if cell.tenant_id == "promise" else None
        )
    assert {month: both[1] for month, both in found.items()} == expected(plan, 1)
    assert sum(both[1].met for both in found.values()) == 10
    assert today == Tally(81, 100)
    assert replayed_calls == Tally(81, 90)
    # Every answer later than a second is a breach of the agent who held the ticket from the start.
    breaches = {key[0]: both[1].breached for key, both in owners.items() if both[1].breached}
    assert breaches == {"holder": 2 * 150}


@pytest.mark.slow
def test_a_new_calendar_a_new_policy_and_another_clock_are_obeyed(
    home: Path, tmp_path: Path
) -> None:
    _, plan = promise_desk()
    text = """
        calendars:
          - {calendar_id: always, tz: Europe/Rome, hours: {mon-sun: "00:00-24:00"}}
          - {calendar_id: office, hours: {mon: closed}}
        policies:
          - policy_id: round_the_clock
            layer: internal
            position: 0
            conditions: {channel_id: [mail]}
            targets:
              - {metric: first_reply, target: 1 h, clock: business, calendar_id: always}
          - {policy_id: in, remove: true}
    """
    with replay(home, tmp_path, text) as comparison:
        found = by_month(comparison, "promise")
        _, replayed_calls = calls(comparison)
    # A calendar that never closes counts as elapsed time does, also over the change to summer time.
    assert {month: both[1] for month, both in found.items()} == expected(plan, 3600)
    assert replayed_calls == Tally(0, 0)
    assert comparison.states_replay["f21a", "internal", "no_target"] == 100


@pytest.mark.slow
def test_the_command_prints_both_sides_and_names_what_is_unknown(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKHOUSE_HOME", str(home))
    path = tmp_path / "policy.yml"
    path.write_text("targets:\n  - {policy_id: promisd, target: 2 d}\n", encoding="utf-8")
    wrong = CliRunner().invoke(app, ["what-if", "--policy", str(path)])
    assert wrong.exit_code == 2
    assert "line 2: there is no target with policy_id promisd; known are promised" in wrong.output
    path.write_text("targets:\n  - {policy_id: promised, target: 3 d}\n", encoding="utf-8")
    csv = tmp_path / "cells.csv"
    asked = ["what-if", "--policy", str(path), "--months", "2", "--csv", str(csv)]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 0, result.output
    for said in (
        "2026-03 to 2026-04",
        "Compliance by promise",
        "By channel",
        "agent who had it",
        " pp",
    ):
        assert said in result.output
    assert "2026-02" not in csv.read_text(encoding="utf-8")
    assert not list(home.glob("what-if-*"))


@pytest.mark.slow
def test_a_full_disk_stops_before_anything_is_written(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "free_bytes", lambda folder: 1_000_000)
    text = "missed_contacts: [{channel_id: '*', missed_policy: ignore}]"
    with pytest.raises(DiskFullError, match="a replay needs"), replay(home, tmp_path, text):
        pass
    assert not list(home.glob("what-if-*"))


def test_channels_are_called_by_their_names() -> None:
    month = date(2026, 4, 1)
    cells = tuple(
        Cell("t", month, ALL_REPLIES, "internal", channel, "holder", 1, 2)
        for channel in ("c1", "c2", NO_CHANNEL)
    )
    comparison = Comparison(("t",), ("t",), (month,), cells, cells, {}, {})
    names = {("t", "channel", "c1"): "Amazon Italy", ("u", "channel", "c2"): "of another company"}
    told = io.StringIO()
    print_comparison(Terminal(file=told), comparison, "file", 1, names)
    lines = [line.split() for line in told.getvalue().partition("By channel")[2].splitlines()]
    assert [line[1:3] for line in lines if line[:1] == ["internal"]] == [
        ["Amazon", "Italy"],
        ["c2", "50.0%"],
        ["no", "channel"],
    ]


def test_folders_of_killed_replays_are_removed_and_those_of_living_ones_kept(
    tmp_path: Path,
) -> None:
    for name in ("what-if-dead", "what-if-alive", "published"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "lock").touch()
    with (tmp_path / "what-if-alive" / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        replaying._remove_dead(tmp_path)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["published", "what-if-alive"]


def test_without_a_warehouse_the_remedy_is_named(tmp_path: Path) -> None:
    path = tmp_path / "policy.yml"
    path.write_text("targets: [{policy_id: a, target: 1 h}]", encoding="utf-8")
    with (
        pytest.raises(ConfigurationError, match="deskhouse run"),
        replayed(tmp_path / "warehouse.duckdb", read_policy_file(path)),
    ):
        pass


def test_a_policy_file_becomes_columns_of_the_rule_tables(tmp_path: Path) -> None:
    path = tmp_path / "policy.yml"
    path.write_text(
        """
name: All of it
tenant_id: main
targets:
  - {target_version_id: t1, target: 3 business days, calendar_id: ebay_de}
  - {layer: internal, metric: next_reply, priority: high, target: 1.5 h, pause_statuses: [pending, on_hold]}
  - {policy_id: old, remove: true}
calendars:
  - calendar_id: c
    tz: Europe/Rome
    hours: {mon-thu: "09:00-12:30, 13:00-18:00", fri: "22:00-06:00"}
    exceptions: {2026-12-25: closed, 2026-12-24: "09:00-13:00"}
missed_contacts:
  - {channel_id: phone, missed_policy: treat_normally, short_abandon_s: 5}
""",
        encoding="utf-8",
    )
    found = read_policy_file(path)
    assert (found.name, found.tenant_id) == ("All of it", "main")
    assert found.targets[0].columns == {
        "calendar_id": "ebay_de",
        "target_seconds": None,
        "target_business_days": 3,
    }
    assert found.targets[1].columns["target_seconds"] == 5400
    assert found.targets[1].columns["pause_statuses"] == '["pending", "on_hold"]'
    assert found.targets[2].is_removed
    (calendar,) = found.calendars
    assert calendar.hours is not None
    assert calendar.hours[4] == (("09:00", "12:30"), ("13:00", "18:00"))
    assert calendar.hours[5] == (("22:00", "06:00"),)
    assert calendar.exceptions[date(2026, 12, 25)] == ()
    assert found.missed_contacts[0].columns == {
        "missed_policy": "treat_normally",
        "short_abandon_s": 5,
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: the file must be a mapping"),
        ("name: x\n", "line 1: nothing is changed"),
        ("targets: {a: b}\n", "line 1: targets must be a list"),
        ("targets:\n  - [", "is no YAML"),
        ("target: []\n", "line 1: target is unknown"),
        ("targets:\n  - target: 12 h\n", "line 2: say which targets"),
        ("targets:\n  - policy_id: a\n", "line 2: nothing is changed"),
        ("targets:\n  - policy_id: a\n    target: soon\n", "line 3: target 'soon' is no duration"),
        (
            "targets:\n  - policy_id: a\n    policy_id: b\n    target: 1 h\n",
            "line 3: policy_id is given twice",
        ),
        (
            "targets:\n  - {policy_id: a, clock: lunar}\n",
            "line 2: clock 'lunar' is not one of calendar",
        ),
        ("targets:\n  - {policy_id: a, target: 0 s}\n", "shorter than a second"),
        ("policies:\n  - {layer: internal, position: 1}\n", "line 2: policy_id is missing"),
        (
            "policies:\n  - {policy_id: a, conditions: {colour: [red]}}\n",
            "a condition has an unknown key",
        ),
        (
            "policies:\n  - {policy_id: a, conditions: {platform: ebay}}\n",
            "condition platform needs a list of texts",
        ),
        (
            "policies:\n  - policy_id: a\n    targets:\n      - metric: first_reply\n",
            "line 4: target is missing",
        ),
        ("calendars:\n  - {calendar_id: a, tz: Moon/Base}\n", "no time zone"),
        ("calendars:\n  - {calendar_id: a, hours: {mon: 9-18}}\n", "no span such as 09:00-18:00"),
        ("calendars:\n  - {calendar_id: a, hours: {fri-mon: closed}}\n", "ends before it begins"),
        (
            "missed_contacts:\n  - {channel_id: a, missed_policy: forgive}\n",
            "not one of count_as_missed",
        ),
        (
            "missed_contacts:\n  - {channel_id: a, short_abandon_s: ten}\n",
            "'ten' is no whole number",
        ),
    ],
)
def test_a_fault_is_one_sentence_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "policy.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(YamlFileError) as caught:
        read_policy_file(path)
    assert len(str(caught.value).splitlines()) == 1
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


def test_all_faults_are_said_at_once(tmp_path: Path) -> None:
    path = tmp_path / "policy.yml"
    path.write_text(
        "targets:\n  - {policy_id: a, clock: lunar}\nmissed_contacts:\n  - {channel_id: b}\n",
        encoding="utf-8",
    )
    with pytest.raises(YamlFileError) as caught:
        read_policy_file(path)
    sentences = str(caught.value).splitlines()
    assert len(sentences) == 2
    assert "line 2: clock" in sentences[0]
    assert "line 4: nothing is changed" in sentences[1]
