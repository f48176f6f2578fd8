"""One simulated seller seen through two helpdesks: tenant ``main`` by Zendesk, tenant ``outlet`` by eDesk."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from ingestion.simulator.landing.export import Desk, landing_tables
from ingestion.simulator.server import SimulatorUrls, running_simulator
from ingestion.simulator.world.options import SimulatorOptions
from ingestion.simulator.world.tickets import Ticket
from ingestion.simulator.world.world import World
from orchestration.settings import PROJECT_DIR
from orchestration.simulated import vendor_environment
from orchestration.source_comparison import Answer, Side, answers, page
from tests.pipeline import build, environment, load
from tests.shared_build import built_once

AS_OF = datetime(2025, 12, 5, 6, tzinfo=UTC)
OPTIONS = SimulatorOptions(
    seed=5, start=date(2025, 10, 6), days=75, tickets_per_day=9, as_of=AS_OF, rate_limit_scale=0
)
MONTH = date(2025, 11, 1)
ZENDESK, EDESK = Desk("zendesk", "main"), Desk("edesk", "outlet")
SIDES = (Side("main", "zendesk", "Zendesk"), Side("outlet", "edesk", "eDesk"))
PAGE = PROJECT_DIR / "docs" / "reference" / "sources.md"
SHEETS = frozenset(
    {
        *("tenants", "channels", "business_calendars", "calendar_hours", "calendar_exceptions"),
        *("sla_policies", "sla_targets", "teams", "team_membership", "agent_role_history", "tags"),
        "channel_teams",
        *("channel_policy", "incident_windows", "event_calendar"),
    }
)
"""What a seller keeps in sheets whatever his helpdesk is; tools of operations would answer for both alike."""

READ = (
    *("+path:models/canonical", "+path:models/core", "+kpi_monthly"),
    *("+agent_sla_daily", "+tag_volume_daily", "+source_freshness"),
)
"""What is built: whatever is asked for here, and what it reads."""

UNTOLD_STORIES = frozenset(
    {
        *("merged", "merge_root", "split", "split_origin", "follow_up", "proxy"),
        *("deleted", "late_arrival", "duplicate_delivery", "unspam"),
    }
)
"""Stories that eDesk's interface has no words for; tickets with one are left out of both accounts."""

LEFT_OUT = (
    "merges, splits and follow-ups",
    "messages that an agent deleted or hid",
    "tickets that go from one team to another",
    "priorities",
    "marks that no reply is needed",
    "contacts that an agent logged for a customer",
    "messages that reach the desk later than they were written",
)
UNTOLD_FACTS = frozenset({"redact", "privacy", "scrub"})


def is_told_by_both(ticket: Ticket) -> bool:
    """Whether all that happens to a ticket can be told through either interface."""
    if UNTOLD_STORIES & ticket.planted:
        return False
    for audit in ticket.audits:
        for fact in audit.facts:
            is_mark = fact[:2] == ("set", "tags") and {"no_reply_needed", "platform_closed"} & {
                *fact[2]
            }
            is_handed_on = fact[:2] == ("set", "group_id") and not fact[4]
            is_priority = fact[:2] == ("set", "priority") and fact[2] not in (None, "normal")
            if fact[0] in UNTOLD_FACTS or is_mark or is_priority or is_handed_on:
                return False
        if (audit.meta or {}).get("no_reply_needed"):
            return False
    return True


def told_world() -> tuple[World, float]:
    """The seller without the stories that one interface cannot tell, and the share of tickets that stay."""
    world = World(OPTIONS)
    kept = [ticket for ticket in world.tickets if is_told_by_both(ticket)]
    share = len(kept) / len(world.tickets)
    for audit in (audit for ticket in kept for audit in ticket.audits):
        # One interface knows when a message was written and when the desk got it, the other one instant alone.
        audit.meta = {
            k: v for k, v in (audit.meta or {}).items() if k != "original_sent_at"
        } or None
    world.tickets = kept
    return world, share


@contextmanager
def connected(world: World) -> Iterator[SimulatorUrls]:
    """Both accounts served, and the environment pointed at them."""
    with running_simulator(OPTIONS, vendors=("zendesk", "edesk"), world=world) as urls:
        variables = {"SOURCES__EDESK__TENANT_ID": EDESK.tenant_id}
        variables["SOURCES__EDESK__CALLS_PER_SECOND"] = "0"
        for vendor in ("zendesk", "edesk"):
            variables |= vendor_environment(
                vendor, urls.of(vendor), OPTIONS.client_id, OPTIONS.client_secret
            )
        with environment(**variables):
            yield urls


def write_sheets(world: World, folder: Path) -> None:
    """The seller's sheets for both desks; the telephone and the marketplaces stay out of the comparison."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in landing_tables(world, AS_OF, (ZENDESK, EDESK)).items():
        kept = [row for row in rows if row["source_system"] in ("manual", "zendesk", "edesk")]
        if name in SHEETS and kept:
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
                writer = csv.DictWriter(handle, list(dict.fromkeys(k for row in kept for k in row)))
                writer.writeheader()
                for row in kept:
                    writer.writerow(
                        {
                            key: str(value).lower() if isinstance(value, bool) else value
                            for key, value in row.items()
                        }
                    )


def build_home(home: Path) -> None:
    """Both accounts and the sheets of both desks, pulled into one warehouse and built; the page beside it."""
    world, share = told_world()
    write_sheets(world, home / "landing")
    with connected(world):
        load(["zendesk", "edesk", "landing"], home, AS_OF, home / "landing")
    build(home, AS_OF, select=READ)
    (home / "sources.md").write_text(written_page(home / "warehouse.duckdb", share), "utf-8")


def shared_home(factory: pytest.TempPathFactory) -> Path:
    """The home of the session, to read or to copy."""
    return built_once(factory, "two-helpdesks", build_home)


def found_answers(warehouse: Path) -> list[Answer]:
    """The comparison of the whole month."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return answers(connection, MONTH, *SIDES)


def written_page(warehouse: Path, share: float) -> str:
    """The page of the reference as it should be."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = answers(connection, MONTH, *SIDES)
        return page(connection, found, *SIDES, share, LEFT_OUT)


def main() -> None:
    """Write the page anew."""
    with tempfile.TemporaryDirectory(prefix="deskhouse-two-helpdesks-") as folder:
        home = Path(folder)
        build_home(home)
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text((home / "sources.md").read_text("utf-8"), "utf-8")


if __name__ == "__main__":
    main()
