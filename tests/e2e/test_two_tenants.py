"""Two tenants whose data hold markup, in a home with an odd name: run, close, and all that shows or decides."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from orchestration.cli import app
from orchestration.warehouse import open_read_only
from tests.delivery.receivers import Webhook
from tests.e2e.runner import Finished, deskhouse, environment
from tests.landing_builder import Desk, at, write

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]

AS_OF = "2026-11-12T06:00:00+00:00"
ODD_NAME = "o'brien 100% %20 {x}; ü#1 [z] $HOME"
ANA = "[/red] Ana"
FORMULA = "=cmd|' /C calc'!A0"
ALPHA, BETA = 24, 13
"""Contacts of October that are answered; each tenant has one more that nobody answers."""
ORDERS_TO_TERMINALS = ("\x1b", "\u202e", "\x07")


def _desk(tenant: str, contacts: int) -> Desk:
    desk = Desk(tenant)
    desk.agent("h")
    names = {"a": ANA, "h": FORMULA, "b": "Bea\u202e\x1b[31m"}
    for row in desk.rows["agents"]:
        row["display_name"] = names.get(row["agent_id"], row["display_name"])
    for number in range(contacts):
        sent = at("2026-10-05 09:00") + timedelta(days=number % 20)
        ticket = desk.ticket(sent, f"k{number}", assignee="a" if number % 3 else "h")
        desk.customer(ticket, sent)
        replied = sent + timedelta(hours=3 + number % 4 * 10)
        desk.reply(ticket, replied, "a" if number % 3 else "h")
        desk.status(ticket, replied + timedelta(hours=1), "solved")
    late = desk.ticket(at("2026-10-20 09:00"), "late", assignee="a")
    desk.customer(late, at("2026-10-20 09:00"))
    desk.customer(late, at("2026-10-20 10:00"))
    desk.rows["messages"][-1]["sent_at"] = "[/red]yesterday"
    return desk


RECIPIENTS = """\
recipients:
  - {name: lead of beta, url_env: ROOM_OF_BETA, roles: [team_lead, data_owner], tenants: [beta]}
"""


class House:
    """The home, what its first run said, and the room in which beta's alerts arrive."""

    def __init__(self, folder: Path, room: Webhook) -> None:
        self.home = folder / ODD_NAME / "home"
        self.landing = folder / "landing"
        self.room = room
        self.variables = environment(
            self.home, self.landing, DESKHOUSE_AS_OF=AS_OF, ROOM_OF_BETA=room.url("pl4nted")
        )

    def command(self, *arguments: str) -> Finished:
        return deskhouse(*arguments, variables=self.variables)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Finished]]:
    with Webhook() as room:
        built = House(tmp_path_factory.mktemp("two"), room)
        write([_desk("alpha", ALPHA), _desk("beta", BETA)], built.landing)
        built.home.mkdir(parents=True)
        (built.home / "recipients.yml").write_text(RECIPIENTS, encoding="utf-8")
        yield built, built.command("run")


def ask(house: tuple[House, Finished], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    """A command in this process."""
    for name in ("DESKHOUSE_HOME", "DESKHOUSE_AS_OF", "DESKHOUSE_PRIVACY_KEY"):
        monkeypatch.setenv(name, house[0].variables[name])
    outcome = CliRunner().invoke(app, list(arguments))
    for order in ORDERS_TO_TERMINALS:
        assert order not in outcome.output
    return outcome


def blocks(output: str) -> dict[str, str]:
    """What was said of each tenant."""
    found: dict[str, str] = {}
    tenant = ""
    for line in output.splitlines():
        if line.startswith("Tenant "):
            tenant = line.removeprefix("Tenant ").split(":")[0]
        found[tenant] = found.get(tenant, "") + line + "\n"
    return found


def test_the_run_reads_own_files_alone_and_shows_a_table_for_each_tenant(
    house: tuple[House, Finished],
) -> None:
    done = house[1]
    assert done.code == 0, done.err
    assert f"reading the files of {house[0].landing} alone (no credentials are set)" in done.err
    assert "simulated" not in done.err
    assert not (house[0].home / "simulator.json").exists()
    said = blocks(done.out)
    for tenant, contacts in (("alpha", ALPHA), ("beta", BETA)):
        assert f"Tenant {tenant}: company KPIs of 2026-10" in said[tenant]
        (line,) = [row for row in said[tenant].splitlines() if row.startswith("contact_volume ")]
        assert line.split()[1] == str(contacts + 1)
    assert str(house[0].home / "published" / "marts.duckdb") in done.out


def test_failed_checks_say_why_and_what_to_do(house: tuple[House, Finished]) -> None:
    warnings = [line for line in house[1].err.splitlines() if line.startswith("warning: ")]
    gate = [line for line in warnings if "few_rows_were_refused" in line]
    rates = [line for line in warnings if line.startswith("warning: load_completeness failed")]
    assert len(gate) == len(rates) == 1
    for line in warnings:
        said, _, why = line.partition(" Why: ")
        assert len(why) > 20, line
        assert len(said.rpartition(": ")[2]) > 20, line
    assert "alpha, desk, messages; " in rates[0] and "; beta, desk, messages;" in rates[0]
    assert "at least 99.9 % needed" in rates[0]


def test_explain_is_a_block_for_each_tenant_and_the_file_says_whose_rows(
    house: tuple[House, Finished], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "rows.csv"
    both = ask(house, monkeypatch, "explain", "frt", "2026-10", "--csv", str(path))
    assert both.exit_code == 0, both.output
    said = blocks(both.output)
    assert list(said) == ["alpha", "beta"]
    for tenant, contacts in (("alpha", ALPHA), ("beta", BETA)):
        assert f"{contacts}, which add up to the mart exactly" in said[tenant]
        assert ANA in said[tenant]
    with path.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert {row["tenant_id"] for row in rows} == {"alpha", "beta"}
    one = ask(house, monkeypatch, "explain", "frt", "2026-10", "--agent", ANA, "--tenant", "beta")
    assert list(blocks(one.output)) == ["beta"]
    unknown = ask(house, monkeypatch, "explain", "frt", "2026-10", "--tenant", "gamma")
    assert (unknown.exit_code, unknown.output) == (
        2,
        "error: There is no tenant gamma; known are alpha, beta.\n",
    )


def test_alerts_and_lookups_are_blocks(
    house: tuple[House, Finished], monkeypatch: pytest.MonkeyPatch
) -> None:
    for command in ("alerts", "lookups"):
        both = ask(house, monkeypatch, command)
        assert both.exit_code == 0, both.output
        assert list(blocks(both.output)) == ["alpha", "beta"]
        assert list(blocks(ask(house, monkeypatch, command, "--tenant", "beta").output)) == ["beta"]
        unknown = ask(house, monkeypatch, command, "--tenant", "gamma")
        assert "known are alpha, beta" in unknown.output
    breached = ask(house, monkeypatch, "alerts").output
    assert breached.count("22 d 21 h") == 4
    assert "1976400" not in breached.replace(",", "")


def _told(house: tuple[House, Finished]) -> list[str]:
    return [payload["title"] for payload in house[0].room.got]


STALE = [
    f"[high] Data stopped arriving: desk, {name} (beta)"
    for name in ("changes of tickets", "messages", "tickets")
]


def test_a_run_tells_whom_its_alerts_concern(house: tuple[House, Finished]) -> None:
    """By the asset behind the publication, once; of beta alone, and nothing else while beta's data are stale."""
    told = _told(house)
    assert sorted(title for title in told if "stopped" in title) == STALE, house[1].err
    assert all(
        title.startswith("[high] Loaded data are incomplete") for title in {*told} - {*STALE}
    )
    (stale,) = [one["message"] for one in house[0].room.got if one["title"] == STALE[0]]
    assert "Silent for: 15 d 21 h" in stale and "Limit: 24 h 00 min" in stale
    assert house[0].command("alerts", "send").code == 0
    assert _told(house) == told
    written = [path for path in house[0].home.rglob("*") if path.is_file()]
    assert not [path for path in written if b"pl4nted" in path.read_bytes()]


def test_somebody_has_seen_an_alert(house: tuple[House, Finished]) -> None:
    rule = ("--rule", "obligation_breached", "--tenant", "alpha")
    said = house[0].command("alerts", "ack", *rule, "--by", "Ada", "--note", "known")
    assert "1 acknowledged by Ada" in said.out, said.err


def test_export_takes_a_tenant_and_no_name_is_a_formula(
    house: tuple[House, Finished], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "x.csv"
    asked = ("export", "core.dim_agents", "--csv", str(path))
    done = ask(house, monkeypatch, *asked, "--tenant", "beta")
    assert done.exit_code == 0, done.output
    with path.open(encoding="utf-8-sig", newline="") as handle:
        lines = list(csv.reader(handle))
    tenant, name = (lines[5].index(column) for column in ("tenant_id", "display_name"))
    assert {line[tenant] for line in lines[6:]} == {"beta"}
    assert f"'{FORMULA}" in {line[name] for line in lines[6:]}
    rules = ask(
        house, monkeypatch, "export", "kpi_definitions", "--csv", str(path), "--tenant", "beta"
    )
    assert "the same for every tenant" in rules.output
    assert "known are alpha, beta" in ask(house, monkeypatch, *asked, "--tenant", "g").output


def test_what_is_decided_needs_a_tenant(
    house: tuple[House, Finished], monkeypatch: pytest.MonkeyPatch
) -> None:
    adding = (
        *("action", "add", "[/red] Call \x1b[31mthe\u202e carrier", "--kpi", "frt", "--owner", ANA),
        *("--due", "2026-12-01", "--evaluate", "2026-12-31", "--type", "coaching"),
    )
    for arguments in (
        adding,
        ("action", "close", "A0001"),
        ("restatement", "approve"),
        ("restatement", "shown"),
        ("close-month", "2026-10"),
    ):
        refused = ask(house, monkeypatch, *arguments)
        assert refused.exit_code == 2
        assert refused.output == (
            "error: Say which seller company is meant with --tenant: there are alpha, beta.\n"
        )
        unknown = ask(house, monkeypatch, *arguments, "--tenant", "gamma")
        assert "no tenant gamma; known are alpha, beta" in unknown.output
    assert ask(house, monkeypatch, *adding, "--tenant", "beta").exit_code == 0
    listed = ask(house, monkeypatch, "action", "list")
    assert listed.exit_code == 0, listed.output
    said = blocks(listed.output)
    assert "No action is open." in said["alpha"]
    assert "[/red]" in said["beta"] and "\\x1b[31mthe\\u202e" in said["beta"]
    assert list(blocks(ask(house, monkeypatch, "action", "list", "--tenant", "alpha").output)) == [
        "alpha"
    ]
    done = ask(house, monkeypatch, "action", "close", "A0001", "--tenant", "beta")
    assert done.output == "A0001 is done for beta.\n"


def test_one_tenant_closes_its_month_alone(house: tuple[House, Finished]) -> None:
    names = ("--by", ANA, "--second", "Charles Babbage")
    signed = (*names, "--waive", "costs", "--reason", "[/bold] later", "--tenant", "alpha")
    waived = ("--waive", "load_completeness", "--waive", "checks")
    done = house[0].command("close-month", "2026-10", *signed, *waived)
    assert done.code == 0, done.err
    assert "2026-10 of alpha is closed" in done.out
    assert "beta" not in done.out
    again = house[0].command("close-month", "2026-10", "--tenant", "alpha")
    assert "of alpha was closed on" in again.out
    assert again.code == 0
    listed = house[0].command("restatement", "list")
    assert listed.code == 0, listed.err
    assert list(blocks(listed.out)) == ["alpha", "beta"]


def test_what_was_seen_is_in_the_marts_of_the_next_build(house: tuple[House, Finished]) -> None:
    """The close has built them anew, and told nobody twice."""
    with open_read_only(house[0].home / "published" / "marts.duckdb") as connection:
        seen = connection.execute(
            "select tenant_id, acknowledged_by, count(*) from agent_sla.alerts "
            "where rule_id = 'obligation_breached' and is_open group by all order by all"
        ).fetchall()
    assert seen == [("alpha", "Ada", 1), ("beta", None, 1)]
    assert len(_told(house)) == len(set(_told(house)))
