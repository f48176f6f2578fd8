"""Days of ``agent_sla.backlog_daily``: unsolved tickets at the end of each local day, by age and status.

One row per local day, team, channel and age band that holds a ticket (card `backlog`); every ticket is looked at on
every day of its life, until it is over for good.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from functools import cache
from typing import Any

from tests.oracle.numbers.kpis import Facts
from tests.oracle.numbers.statistics import local_day
from tests.oracle.world.calendar import midnight
from tests.oracle.world.keys import key
from tests.oracle.world.tickets import UNSOLVED

KEYS = ("source_system", "date_day", "team_key", "channel_key", "age_band")
_BANDS = ((30, "30+"), (14, "14-29"), (7, "7-13"), (3, "3-6"), (1, "1-2"), (0, "0"))
"""Least whole reporting days since opening."""
Out = dict[str, Any]


@cache
def stock_days(facts: Facts) -> dict[tuple[Any, ...], Out]:
    """Every row of the tenant by ``KEYS``."""
    world, tenant = facts.world, facts.world.tenant
    found: dict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
    today = local_day(world.as_of, facts.zone)
    ends: dict[date, int] = {}
    keys: dict[tuple[str, Any], str | None] = {}

    def named(source: str, id_: Any) -> str | None:
        if (source, id_) not in keys:
            keys[source, id_] = key(tenant, source, id_)
        return keys[source, id_]

    for ticket in world.tickets.values():
        if ticket.parent is not None or world.exclusion(ticket) is not None:
            continue
        source, channel = ticket.row["source_system"], ticket.row["channel_id"]
        statuses, teams = ticket.own["status"], ticket.own["team"]
        last_change = statuses.steps[-1][0]
        opened = day = local_day(ticket.row["created_at"], facts.zone)
        while day <= today:
            when = ends.get(day)
            if when is None:
                when = min(midnight(day + timedelta(days=1), facts.zone) - 1, world.as_of)
                ends[day] = when
            status = statuses.at(when)
            if status in UNSOLVED:
                age = (day - opened).days
                band = next(name for least, name in _BANDS if age >= least)
                team = named(source, teams.at(when))
                found[source, day, team, named(source, channel), band][status] += 1
            elif when >= last_change:
                break
            day += timedelta(days=1)
    return {identity: _columns(statuses) for identity, statuses in found.items()}


def _columns(statuses: Counter[str]) -> Out:
    return {f"n_{status}": statuses[status] for status in UNSOLVED} | {
        "n_actionable": statuses["new"] + statuses["open"],
        "n_tickets": statuses.total(),
    }
