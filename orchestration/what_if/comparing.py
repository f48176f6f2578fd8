"""Today against the replay: compliance, breaches by whoever had the ticket, by month and channel."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

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
    """The cells of the same months on both sides, and the turns of those months by what became of them."""

    months: tuple[date, ...]
    today: tuple[Cell, ...]
    replay: tuple[Cell, ...]
    states_today: dict[tuple[str, str], int]
    states_replay: dict[tuple[str, str], int]

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


def compare(warehouse: Path, copy: Path, months: int, layer: str | None) -> Comparison:
    """Read both sides of the last months, the running one included.

    Args:
        warehouse: today's build.
        copy: the replay.
        months: how many months back.
        layer: only this layer, None = both.
    """
    with open_read_only(warehouse) as connection:
        rows = connection.execute(
            "select distinct month from intermediate.int_kpi_months order by month desc"
        ).fetchall()
    chosen = tuple(sorted(month for (month,) in rows[:months]))
    first = chosen[0] if chosen else date.max
    today, states_today = _read(warehouse, first, layer)
    replay, states_replay = _read(copy, first, layer)
    return Comparison(chosen, today, replay, states_today, states_replay)


def _read(
    path: Path, first: date, layer: str | None
) -> tuple[tuple[Cell, ...], dict[tuple[str, str], int]]:
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
            group by all
            order by all
            """,
            [list(_KPIS), first, layer],
        ).fetchall()
        states = connection.execute(
            """
            with turns as (
                select 'marketplace' as layer, marketplace_verdict as verdict, started_at
                from core.fct_response_obligations
                union all
                select 'internal' as layer, internal_verdict as verdict, started_at
                from core.fct_response_obligations
            )
            select layer, verdict, count(*) from turns
            where started_at >= ? and coalesce(?, layer) = layer and verdict not in ('met', 'breached')
            group by layer, verdict order by layer, verdict
            """,
            [first, layer],
        ).fetchall()
    cells = tuple(Cell(*row) for row in rows)
    return cells, {(str(name), str(verdict)): int(count) for name, verdict, count in states}


def write_csv(comparison: Comparison, path: Path) -> int:
    """Every cell of both sides side by side; returns how many lines were written."""
    keys = ("tenant_id", "month", "kpi_id", "layer", "channel_id", "owner_rule")
    tallies = comparison.tallies(lambda cell: tuple(getattr(cell, name) for name in keys))
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow([*keys, "met_today", "judged_today", "met_replay", "judged_replay"])
        for key, (today, replay) in tallies.items():
            writer.writerow([*key, today.met, today.judged, replay.met, replay.judged])
    return len(tallies)
