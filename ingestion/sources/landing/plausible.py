"""Instants that are well written and cannot be meant: what tools write for no date, and what has not happened yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion.canonical import Table
from ingestion.sources.landing.cells import Faults, counted

FIRST = datetime(1980, 1, 1, tzinfo=UTC)
"""No helpdesk is older; empty dates of tools are (1900, 1904, 1970)."""
SLACK = timedelta(days=1)
"""A clock or a zone may be wrong by this without being a typing error."""
_LONG_SLACK = timedelta(days=31)
_PLANNED = frozenset({"agent_time"})
"""Events whose own instant may lie ahead: a roster is written before it is worked."""
_EMPTY = (
    "the instant lies before 1980, as tools write where there is none (1900, 1970); leave the cell empty or correct "
    "it"
)
_AHEAD = (
    "the instant lies in the future, and a version from there would win over every later one; correct it or leave the "
    "cell empty"
)


class Plausible:
    """Refuses instants of one table that cannot be meant, and counts rows that lie ahead."""

    def __init__(self, table: Table, today: datetime | None) -> None:
        """``today`` is the later of the run's as-of instant and the clock; null: the future is not asked for."""
        self._today = today
        self._past: list[str] = []
        if table.kind == "event":
            # A period of validity may begin in 1970, which means always.
            self._past = [
                column.name
                for column in table.columns.values()
                if column.type == "ts" and column.name != "valid_from"
            ]
        self._at = table.at if table.name not in _PLANNED else None
        self._ahead = 0

    def refuse(self, values: dict[str, list[Any]], faults: Faults) -> None:
        """Null what cannot be meant, and say why by place."""
        for name in (*self._past, "occurred_at", "source_updated_at"):
            if min(filter(None, values[name]), default=FIRST) < FIRST:
                _refuse(values[name], name, faults, lambda instant: instant < FIRST, _EMPTY)
        if self._today is None:
            return
        name, latest = "source_updated_at", self._today + _LONG_SLACK
        if max(filter(None, values[name]), default=FIRST) > latest:
            _refuse(values[name], name, faults, lambda instant: instant > latest, _AHEAD)
        near = self._today + SLACK
        if self._at and max(filter(None, values[self._at]), default=FIRST) > near:
            self._ahead += sum(one > near for one in filter(None, values[self._at]))

    def notes(self) -> list[str]:
        """What is to be said of the file."""
        if not self._ahead:
            return []
        return [
            f"{counted(self._ahead, 'row')} in the future, counted from then on only; correct the year, or set "
            "time_zone in landing.yml, if that is not meant"
        ]


def _refuse(
    cells: list[Any], name: str, faults: Faults, is_wrong: Callable[[datetime], bool], reason: str
) -> None:
    for place, instant in enumerate(cells):
        if instant is not None and is_wrong(instant):
            cells[place] = None
            faults.setdefault(place, []).append((name, reason))
