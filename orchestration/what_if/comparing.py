"""Today against the replay: compliance, breaches by whoever had the ticket, by month and channel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from orchestration.csv_file import write_csv
from orchestration.tenants import shown_tenants, tenants_of
from orchestration.warehouse import open_read_only

OWNERS = {
    "holder": "agent who had it when it fell due",
    "fair_window": "agent or queue that had it longest before",
    "closer": "agent who closed it without a reply",
    "queue": "queue: nobody had it",
    "sync_lag": "not yet visible to anybody",
    "incident": "outage: nobody's",
    "resolver": "agent who resolved it",
}
"""Owner rules of breaches (catalogue §4 A2) in words."""
_KPIS = (
    "sla_compliance_first_reply",
    "sla_compliance_next_reply",
    "sla_compliance_resolution",
    "sla_compliance",
)
ALL_REPLIES = "sla_compliance"
NO_CHANNEL = "no_channel"


@dataclass(frozen=True)
class Cell:
    """Verdicts of one KPI, layer, month, channel and owner rule."""

    tenant_id: str
    month: date
    kpi_id: str
    layer: str
    channel_id: str
    owner_rule: str
    met: int
    judged: int


@dataclass(frozen=True)
class Tally:
    """Verdicts added up."""

    met: int = 0
    judged: int = 0

    @property
    def breached(self) -> int:
        """Verdicts that are not met."""
        return self.judged - self.met

    @property
    def compliance(self) -> float | None:
        """Met over judged; None when nothing was judged."""
        return self.met / self.judged if self.judged else None


@dataclass(frozen=True)
class Comparison:
    """The cells of the same months on both sides, and the turns of those months by what became of them.

    States are counted by tenant, layer and verdict; ``known`` are all tenants of the warehouse, ``tenants`` the shown.
    """

    known: tuple[str, ...]
    tenants: tuple[str, ...]
    months: tuple[date, ...]
    today: tuple[Cell, ...]
    replay: tuple[Cell, ...]
    states_today: dict[tuple[str, str, str], int]
    states_replay: dict[tuple[str, str, str], int]

    def of(self, tenant: str) -> Comparison:
        """What of it is of one tenant."""
        today, replay = (
            tuple(cell for cell in side if cell.tenant_id == tenant)
            for side in (self.today, self.replay)
        )
        states_today, states_replay = (
            {key: count for key, count in side.items() if key[0] == tenant}
            for side in (self.states_today, self.states_replay)
        )
        return Comparison(
            self.known, (tenant,), self.months, today, replay, states_today, states_replay
        )

    def tallies(
        self, key: Callable[[Cell], tuple[object, ...] | None]
    ) -> dict[tuple[object, ...], tuple[Tally, Tally]]:
        """Both sides added up by a key (None = leave the cell out), sorted by it."""
        sides = [_added(cells, key) for cells in (self.today, self.replay)]
        keys = sorted({*sides[0], *sides[1]}, key=str)
        return {name: (sides[0].get(name, Tally()), sides[1].get(name, Tally())) for name in keys}


def _added(
    cells: tuple[Cell, ...], key: Callable[[Cell], tuple[object, ...] | None]
) -> dict[tuple[object, ...], Tally]:
    found: dict[tuple[object, ...], Tally] = {}
    for cell in cells:
        name = key(cell)
        if name is not None:
            old = found.get(name, Tally())
            found[name] = Tally(old.met + cell.met, old.judged + cell.judged)
    return found


def compare(
    warehouse: Path, copy: Path, months: int, layer: str | None, tenant: str | None = None
) -> Comparison:
    """Read both sides of the last months, the running one included.

    Args:
        warehouse: today's build.
        copy: the replay.
        months: how many months back.
        layer: only this layer, None = both.
        tenant: only this one, None = all.
    """
    with open_read_only(warehouse) as connection:
        known = tenants_of(connection)
        shown = shown_tenants(known, tenant)
        rows = connection.execute(
            "select distinct month from intermediate.int_kpi_months order by month desc"
        ).fetchall()
    chosen = tuple(sorted(month for (month,) in rows[:months]))
    first = chosen[0] if chosen else date.max
    today, states_today = _read(warehouse, first, layer, shown)
    replay, states_replay = _read(copy, first, layer, shown)
    return Comparison(known, shown, chosen, today, replay, states_today, states_replay)


def _read(
    path: Path, first: date, layer: str | None, tenants: tuple[str, ...]
) -> tuple[tuple[Cell, ...], dict[tuple[str, str, str], int]]:
    with open_read_only(path) as connection:
        # Each file by a connection of its own: views name the database they were made in.
        rows = connection.execute(
            """
            select
                found.tenant_id,
                found.month,
                found.kpi_id,
                found.layer,
                coalesce(channels.channel_id, 'no_channel') as channel_id,
                coalesce(
                    case found.layer
                        when 'marketplace' then turns.marketplace_owner_rule
                        when 'internal' then turns.internal_owner_rule
                    end,
                    verdicts.owner_rule,
                    'none'
                ) as owner_rule,
                cast(sum(found.numerator) as bigint) as met,
                cast(sum(found.denominator) as bigint) as judged
            from intermediate.int_kpi_verdicts as found
            left join core.fct_response_obligations as turns on found.fact_key = turns.obligation_key
            left join core.fct_sla_verdicts as verdicts on found.fact_key = verdicts.sla_verdict_key
            left join core.dim_channels as channels on found.channel_key = channels.channel_key
            where list_contains(?, found.kpi_id) and found.stat = 'ratio' and found.variant = 'none'
                and found.month >= ? and coalesce(?, found.layer) = found.layer
                and list_contains(?, found.tenant_id)
            group by all
            order by all
            """,
            [list(_KPIS), first, layer, list(tenants)],
        ).fetchall()
        states = connection.execute(
            """
            with turns as (
                select tenant_id, 'marketplace' as layer, marketplace_verdict as verdict, started_at
                from core.fct_response_obligations
                union all
                select tenant_id, 'internal' as layer, internal_verdict as verdict, started_at
                from core.fct_response_obligations
            )
            select tenant_id, layer, verdict, count(*) from turns
            where started_at >= ? and coalesce(?, layer) = layer and verdict not in ('met', 'breached')
                and list_contains(?, tenant_id)
            group by all order by all
            """,
            [first, layer, list(tenants)],
        ).fetchall()
    cells = tuple(Cell(*row) for row in rows)
    return cells, {
        (str(tenant), str(name), str(verdict)): int(count)
        for tenant, name, verdict, count in states
    }


def write_cells(comparison: Comparison, path: Path) -> int:
    """Every cell of both sides side by side; returns how many lines were written."""
    keys = ("tenant_id", "month", "kpi_id", "layer", "channel_id", "owner_rule")
    tallies = comparison.tallies(lambda cell: tuple(getattr(cell, name) for name in keys))
    head = [*keys, "met_today", "judged_today", "met_replay", "judged_replay"]
    lines = (
        [*key, today.met, today.judged, replay.met, replay.judged]
        for key, (today, replay) in tallies.items()
    )
    return write_csv(path, [head], lines)
