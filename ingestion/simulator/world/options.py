"""What a simulated world is made of: every answer of the simulator is a function of these options and an instant."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

HISTORY_DAYS = 396
"""Thirteen months: a full year to compare with and the month before."""

DEFAULT_TICKETS_PER_DAY = 36.0
MEMORY_FILE = "simulator.json"


@dataclass(frozen=True)
class Fault:
    """A scripted misbehaviour of a vendor, for tests.

    Every ``every``-th request whose path contains ``path`` (after ``skip`` of them, at most ``times`` times) ends in
    ``kind``: an HTTP status as text (``"500"``, ``"503"``, ``"429"``), ``"timeout"`` (no answer for ``seconds``) or
    ``"disconnect"`` (connection cut in mid answer).
    """

    kind: str
    every: int = 1
    skip: int = 0
    times: int = 1_000_000
    path: str = "/"
    vendor: str = "*"
    seconds: float = 1.0


@dataclass(frozen=True)
class SimulatorOptions:
    """Options of the simulated seller.

    Attributes:
        seed: every random stream begins with it.
        start: first day with tickets; left out, ``HISTORY_DAYS`` before the instant.
        days: length of the world; left out, it reaches to two days after the instant.
        plan_days: length over which the planted moments (outage, policy change, surges, people who move) are spread;
            left out, ``HISTORY_DAYS`` or the given ``days`` if fewer. It does not grow with the instant, so the past
            of a growing world stands still.
        tickets_per_day: contacts on an ordinary weekday, all channels together.
        as_of: the pinned instant of the vendors' clock; None = the real clock.
        rate_limit_scale: 1 = the vendors' own limits, 100 = a hundred times as many calls, 0 = no limit.
        page_overlap: rows that an export repeats at the start of its next page.
        faults: scripted misbehaviour.
        client_id, client_secret: what the simulated vendors accept; they open nothing else.
    """

    seed: int = 7
    start: date = date.min
    days: int = 0
    plan_days: int = 0
    tickets_per_day: float = DEFAULT_TICKETS_PER_DAY
    as_of: datetime | None = None
    rate_limit_scale: float = 1.0
    page_overlap: int = 2
    faults: tuple[Fault, ...] = ()
    client_id: str = "deskhouse-simulated-client"
    client_secret: str = "synthetic-not-a-secret"  # noqa: S105

    def __post_init__(self) -> None:
        if self.as_of is not None and self.as_of.tzinfo is None:
            raise ValueError("The simulator's as_of has no time zone; give it in UTC.")
        today = (self.as_of or datetime.now(UTC)).astimezone(UTC).date()
        if self.start == date.min:
            object.__setattr__(self, "start", today - timedelta(days=HISTORY_DAYS))
        if self.plan_days <= 0:
            planned = HISTORY_DAYS if self.days <= 0 else min(self.days, HISTORY_DAYS)
            object.__setattr__(self, "plan_days", planned)
        if self.days <= 0:
            object.__setattr__(self, "days", max(1, (today - self.start).days + 2))

    @property
    def first_instant(self) -> datetime:
        """Midnight UTC of the first day."""
        return datetime(self.start.year, self.start.month, self.start.day, tzinfo=UTC)


def remembered_options(home: Path, **overrides: Any) -> SimulatorOptions:
    """Options whose seed, start and volume are those of the first call for ``home``.

    A vendor account does not change its past: without this, a run on the next day would meet another world, because
    the default start follows the clock. Delete ``simulator.json`` in ``home`` to begin a new world.

    Args:
        home: folder of everything written (``DESKHOUSE_HOME``).
        overrides: fields of :class:`SimulatorOptions`; they win, and an explicit seed, start or volume that differs
            from the remembered one begins a new world.
    """
    path = home / MEMORY_FILE
    known: dict[str, Any] = {}
    if path.exists():
        stored = json.loads(path.read_text(encoding="utf-8"))
        known = {
            "seed": int(stored["seed"]),
            "start": date.fromisoformat(stored["start"]),
            "tickets_per_day": float(stored["tickets_per_day"]),
        }
    options = SimulatorOptions(**{**known, **overrides})
    as_of = options.as_of or datetime.now(UTC)
    if known and as_of.date() < options.start and "start" not in overrides:
        # An instant before the remembered shop opened can only mean another world.
        options = replace(options, start=as_of.date() - timedelta(days=HISTORY_DAYS), days=0)
    home.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps(
            {
                "seed": options.seed,
                "start": options.start.isoformat(),
                "tickets_per_day": options.tickets_per_day,
            }
        ),
        encoding="utf-8",
    )
    return options
