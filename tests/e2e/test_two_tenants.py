"""Tenants of whom two have data that hold markup, in a home with an odd name: run, close, all that shows or decides."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from orchestration.cli import app
from orchestration.warehouse import open_read_only
from tests.delivery.receivers import Webhook
from tests.e2e.files_home import (
    ALPHA,
    ANA,
    BETA,
    FORMULA,
    TENANTS,
    House,
    own_house,
    shared_house,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]

ORDERS_TO_TERMINALS = ("\x1b", "\u202e", "\x07")
KNOWN = ", ".join(TENANTS)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with Webhook() as room:
        yield own_house(tmp_path_factory, tmp_path_factory.mktemp("two"), room)


def ask(house: House, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    """A command in this process."""
    for name in (
        *("DESKHOUSE_HOME", "DESKHOUSE_AS_OF"),
        *("DESKHOUSE_PRIVACY_KEY", "DESKHOUSE_LEDGER_KEYS"),
    ):
        monkeypatch.setenv(name, house.variables[name])
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
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    kept = shared_house(tmp_path_factory)
    first, again = kept.said("run"), kept.said("again")
    assert again.code == 0, again.err
    assert f"reading the files of {kept.landing} alone (no credentials are set)" in again.err
    assert "simulated" not in first.err + again.err
    assert not (kept.home / "simulator.json").exists()
    for done in (first, again):
        said = blocks(done.out)
        for tenant, contacts in (("alpha", ALPHA), ("beta", BETA)):
            assert f"Tenant {tenant}: company KPIs of 2026-10" in said[tenant]
            rows = said[tenant].splitlines()
            (line,) = [row for row in rows if row.startswith("contact_volume ")]
            assert line.split()[1] == str(contacts + 1)
        assert str(kept.marts) in done.out


def test_failed_checks_say_why_and_what_to_do(house: House) -> None:
    warnings = [line for line in house.said("run").err.splitlines() if line.startswith("warning: ")]
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
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "rows.csv"
    both = ask(house, monkeypatch, "explain", "frt", "2026-10", "--csv", str(path))
    assert both.exit_code == 0, both.output
    said = blocks(both.output)
    assert list(said) == [*TENANTS]
    for tenant, contacts in (("alpha", ALPHA), ("beta", BETA)):
        assert f"{contacts}, which add up to the mart exactly" in said[tenant]
        assert ANA in said[tenant]
    with path.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert {"alpha", "beta"} < {row["tenant_id"] for row in rows} <= {*TENANTS}
    one = ask(house, monkeypatch, "explain", "frt", "2026-10", "--agent", ANA, "--tenant", "beta")
    assert list(blocks(one.output)) == ["beta"]
    unknown = ask(house, monkeypatch, "explain", "frt", "2026-10", "--tenant", "gamma")
    assert (unknown.exit_code, unknown.output) == (
        2,
        f"error: There is no tenant gamma; known are {KNOWN}.\n",
    )


def test_alerts_and_lookups_are_blocks(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for command in ("alerts", "lookups"):
        both = ask(house, monkeypatch, command)
        assert both.exit_code == 0, both.output
        assert list(blocks(both.output)) == [*TENANTS]
        assert list(blocks(ask(house, monkeypatch, command, "--tenant", "beta").output)) == ["beta"]
        unknown = ask(house, monkeypatch, command, "--tenant", "gamma")
        assert f"known are {KNOWN}" in unknown.output
    breached = ask(house, monkeypatch, "alerts").output
    assert [blocks(breached)[tenant].count("22 d 21 h") for tenant in ("alpha", "beta")] == [2, 2]
    assert "1976400" not in breached.replace(",", "")


def _told(house: House, run: str = "told") -> list[str]:
    """Titles that arrived while the house was built, in its first run or in both."""
    return [payload["title"] for payload in house.kept(run)]


STALE = [
    f"[high] Data stopped arriving: desk, {name} (beta)"
    for name in ("changes of tickets", "messages", "tickets")
]


def test_a_run_tells_whom_its_alerts_concern(house: House) -> None:
    """By the asset behind the publication, once; of beta alone, and nothing else while beta's data are stale."""
    told = _told(house)
    assert sorted(title for title in told if "stopped" in title) == STALE, house.said("run").err
    assert all(
        title.startswith("[high] Loaded data are incomplete") for title in {*told} - {*STALE}
    )
    (stale,) = [one["message"] for one in house.kept("told") if one["title"] == STALE[0]]
    assert "Silent for: 15 d 21 h" in stale and "Limit: 24 h 00 min" in stale
    assert _told(house, "told again") == told
    assert house.command("alerts", "send").code == 0
    assert house.room is not None and house.room.got == []
    written = [path for path in house.home.rglob("*") if path.is_file()]
    assert not [path for path in written if b"pl4nted" in path.read_bytes()]


def test_somebody_has_seen_an_alert(house: House) -> None:
    rule = ("--rule", "obligation_breached", "--tenant", "alpha")
    said = house.command("alerts", "ack", *rule, "--by", "Ada", "--note", "known")
    assert "1 acknowledged by Ada" in said.out, said.err


def test_export_takes_a_tenant_and_no_name_is_a_formula(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
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
    assert f"known are {KNOWN}" in ask(house, monkeypatch, *asked, "--tenant", "g").output


def test_what_is_decided_needs_a_tenant(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
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
            f"error: Say which seller company is meant with --tenant: there are {KNOWN}.\n"
        )
        unknown = ask(house, monkeypatch, *arguments, "--tenant", "gamma")
        assert f"no tenant gamma; known are {KNOWN}" in unknown.output
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


def test_one_tenant_closes_its_month_alone(house: House) -> None:
    names = ("--by", ANA, "--second", "Charles Babbage")
    signed = (*names, "--waive", "costs", "--reason", "[/bold] later", "--tenant", "alpha")
    waived = ("--waive", "load_completeness", "--waive", "checks")
    done = house.command("close-month", "2026-10", *signed, *waived)
    assert done.code == 0, done.err
    assert "2026-10 of alpha is closed" in done.out
    assert "beta" not in done.out
    again = house.command("close-month", "2026-10", "--tenant", "alpha")
    assert "of alpha was closed on" in again.out
    assert again.code == 0
    listed = house.command("restatement", "list")
    assert listed.code == 0, listed.err
    assert list(blocks(listed.out)) == [*TENANTS]


def test_what_was_seen_is_in_the_marts_of_the_next_build(house: House) -> None:
    """The close has built them anew, and told nobody twice."""
    with open_read_only(house.home / "published" / "marts.duckdb") as connection:
        seen = connection.execute(
            "select tenant_id, acknowledged_by, count(*) from agent_sla.alerts "
            "where rule_id = 'obligation_breached' and is_open and tenant_id in ('alpha', 'beta') "
            "group by all order by all"
        ).fetchall()
    assert seen == [("alpha", "Ada", 1), ("beta", None, 1)]
    assert house.room is not None
    titles = [payload["title"] for payload in house.room.got]
    assert len(_told(house) + titles) == len({*_told(house), *titles})
