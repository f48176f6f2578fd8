"""Random worlds loaded day by day into one warehouse, and what each day's build computed anew.

``pieces`` is the warehouse that four builds made of what was new for each, up to core: marts keep nothing from build to
build (``tests/dbt/test_day_by_day.py``). ``whole`` is the same made of everything at once, with all marts.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from tests.acceptance.silent_desks import MONDAY, logbook
from tests.landing_builder import Desk, Rows, hours, write_rows
from tests.pipeline import UP_TO_CORE, build, run_landing
from tests.property.arriving import as_seen, tattered, with_rules
from tests.property.landing import tenant_name
from tests.property.worlds import random_world

DAY_BY_DAY, TORN = range(45), range(45, 120)
"""Seeds of worlds whose facts arrive day by day, and of those of which the first loads have a tattered copy."""
SEEDS = (*DAY_BY_DAY, *TORN)
DAYS = (
    datetime(2026, 4, 2, 7, tzinfo=UTC),
    datetime(2026, 4, 3, 7, tzinfo=UTC),
    datetime(2026, 5, 1, 12, tzinfo=UTC),
    datetime(2026, 5, 20, 12, tzinfo=UTC),
)
AS_OF = DAYS[-1]
WITH_RULES = 1
"""The day on which the last rules arrive; what arrives after it are rows."""


def build_chain(home: Path) -> None:
    """Load and build all days in ``home``, then everything at once."""
    days = []
    for number, (day, rows) in enumerate(zip(DAYS, _deliveries(), strict=True)):
        # what is read again every second day comes in the other order: order and repetition are no news
        folder = write_rows(rows, home / day.date().isoformat(), reverse=number % 2 == 1)
        warehouse = run_landing(folder, home, day, select=UP_TO_CORE)
        days.append(_told(warehouse))
    (home / "days.json").write_text(json.dumps(days), encoding="utf-8")
    shutil.copyfile(warehouse, home / "pieces.duckdb")
    build(home, AS_OF, full_refresh=True)


def _deliveries() -> Iterator[list[Rows]]:
    """What lies in the folder on each of the days."""
    rng = random.Random(7)
    worlds = {seed: random_world(seed, tenant_name(seed), AS_OF) for seed in SEEDS}
    torn = {
        seed: worlds[seed] if rng.random() < 0.5 else tattered(worlds[seed], rng) for seed in TORN
    }
    for number, day in enumerate(DAYS):
        if day == AS_OF:
            found = list(worlds.values())
        else:
            found = [as_seen(worlds[seed], day, rng) for seed in DAY_BY_DAY]
            found += [
                with_rules(rows, worlds[seed]) if number >= WITH_RULES else rows
                for seed, rows in torn.items()
            ]
        found[0] = _with_old_spam(found[0])
        yield [*found, *_silent(is_over=day == AS_OF)]


def _with_old_spam(rows: Rows) -> Rows:
    """An unanswered ticket that was marked as spam long ago: nothing about it changes, but its turn runs on."""
    keys = {"tenant_id": rows["channels"][0]["tenant_id"], "source_system": "helpdesk"}
    keys |= {"ticket_id": "old-spam"}
    ticket = keys | {
        "created_at": "2026-03-02T09:00:00Z",
        "created_by_role": "customer",
        "origin": "inbound",
        "channel_id": "mail",
        "customer_ref": "c1",
        "status": "spam",
        "source_updated_at": "2026-03-02T10:00:00Z",
    }
    message = keys | {
        "message_id": "old-spam",
        "sent_at": "2026-03-02T09:00:00Z",
        "visibility": "public",
        "direction": "inbound",
        "author_role": "customer",
    }
    event = keys | {
        "event_id": "old-spam",
        "event_type": "status_change",
        "from_value": "new",
        "to_value": "spam",
        "actor_role": "agent",
        "occurred_at": "2026-03-02T10:00:00Z",
        "event_source": "audit_log",
    }
    added = {"tickets": ticket, "messages": message, "ticket_events": event}
    return rows | {table: [*rows[table], row] for table, row in added.items()}


def _silent(is_over: bool) -> list[Rows]:
    """A source of silent tickets until its first customer is heard, and a tenant with nothing left to come due."""
    silent, heard = logbook(), Desk("heard", default_policies=False)
    if is_over:
        silent.customer("late", MONDAY + hours(1))
    heard.ticket(MONDAY, "old", assignee="a")
    heard.customer("old", MONDAY)
    heard.reply("old", MONDAY + hours(1))
    heard.status("old", MONDAY + hours(1), "solved", "a")
    return [silent.rows, heard.rows]


def _told(warehouse: Path) -> dict[str, Any]:
    """Of the last build: tickets by tenant, those computed anew, and the tickets of the silent source's cycles."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:

        def ask(query: str) -> list[tuple[Any, ...]]:
            return connection.execute(query).fetchall()

        return {
            "tickets": dict(ask("select tenant_id, count(*) from canonical.tickets group by 1")),
            "anew": dict(
                ask(
                    "select tenant_id, count(*) from intermediate.int_touched_tickets "
                    "inner join canonical.tickets using (ticket_key) group by 1"
                )
            ),
            "cycles": [
                name
                for (name,) in ask(
                    """
                    select tickets.ticket_id from core.fct_resolution_cycles as cycles
                    inner join core.dim_tickets as tickets on cycles.ticket_key = tickets.ticket_key
                    where cycles.tenant_id = 'logbook' order by tickets.ticket_id, cycles.cycle_no
                    """
                )
            ],
        }
