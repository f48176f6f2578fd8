"""Rows that several rows of an export make together: a conversation of its actions, a message of what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ingestion.sources.landing.cells import Batch, Cell, Unreadable, stripped
from ingestion.sources.landing.profiles.evaluating import Rows, evaluated, holds
from ingestion.sources.landing.profiles.model import RowRule, Value
from ingestion.sources.landing.profiles.words import is_filled

Key = tuple[str, ...]
Place = tuple[int, int]
"""File (in their order) and row in it."""


@dataclass
class Member:
    """One row of an export in its group: where it stands and when it happened (null: that cannot be read)."""

    place: Place
    at: datetime | None


@dataclass
class Grouped:
    """Rows made of groups, by file of each group's last row; ``headless`` groups lack the row that must be there."""

    batches: dict[int, Batch] = field(default_factory=dict)
    headless: dict[int, int] = field(default_factory=dict)


def grouped(rule: RowRule, files: Sequence[Rows], owners: dict[str, list[Cell]]) -> Grouped:
    """Rows of a rule with ``one_per`` over all files of its profile.

    Args:
        rule: the rule.
        files: rows of each file, in the order of files.
        owners: of each file the cells that every row of it gets, by canonical column.
    """
    groups: dict[Key, list[Member]] = {}
    starts: list[list[bool]] = []
    for number, rows in enumerate(files):
        starts.append(holds(rule.only_if_any, rows))
        _collect(rule, rows, number, groups)
    found = Grouped()
    made: dict[int, list[list[Member]]] = {}
    for members in groups.values():
        members.sort(key=lambda one: (one.at is not None, one.at, one.place))
        last = members[-1].place[0]
        if any(starts[number][row] for number, row in (one.place for one in members)):
            made.setdefault(last, []).append(members)
        else:
            found.headless[last] = found.headless.get(last, 0) + 1
    cells = {name: _Picked(value, files) for name, value in rule.values.items()}
    for number, chosen in made.items():
        lines = [files[number].lines[members[-1].place[1]] for members in chosen]
        columns: dict[str, Sequence[Cell]] = {
            name: [owners[name][number]] * len(chosen) for name in owners
        }
        columns |= {name: [one.of(members) for members in chosen] for name, one in cells.items()}
        found.batches[number] = Batch(lines, columns)
    return found


def _collect(rule: RowRule, rows: Rows, number: int, groups: dict[Key, list[Member]]) -> None:
    wanted = holds(rule.when, rows)
    keys = [rows.cells(column) for column in rule.one_per]
    order = rule.in_order_of or ""
    times = rows.cells(order)
    for row, is_wanted in enumerate(wanted):
        key = [column[row] for column in keys]
        if not is_wanted or not all(is_filled(cell) for cell in key):
            continue
        named = tuple(
            stripped(cell) if isinstance(cell, str) else f"\x00{number}-{row}" for cell in key
        )
        at = rows.instant(order, times[row])
        if isinstance(at, Unreadable) or at is None:
            # By itself the row is refused with its reason; in its group it could only do harm.
            groups[(*named, f"\x00{number}-{row}")] = [Member((number, row), None)]
            continue
        groups.setdefault(named, []).append(Member((number, row), at))


class _Picked:
    """One canonical column of a grouped rule: its cells in every row, and which of them a group takes."""

    def __init__(self, value: Value, files: Sequence[Rows]) -> None:
        self._value = value
        self._files = files
        self._cells: dict[int, list[Cell]] = {}
        self._chosen: dict[int, list[bool]] = {}

    def of(self, members: Sequence[Member]) -> Cell:
        """The cell of a group, whose members stand in their order."""
        if self._value.constant is not None:
            return self._value.constant
        ordered = reversed(members) if self._value.pick == "last" else members
        for number, row in (one.place for one in ordered):
            if not self._may_tell(number)[row]:
                continue
            cell = self._told(number)[row]
            if is_filled(cell):
                return cell
        return self._value.otherwise

    def _told(self, number: int) -> list[Cell]:
        if number not in self._cells:
            # What stands otherwise is for the group, not for each of its rows.
            plain: dict[str, Any] = self._value.__dict__ | {"otherwise": None}
            self._cells[number] = evaluated(Value(**plain), self._files[number])
        return self._cells[number]

    def _may_tell(self, number: int) -> list[bool]:
        if number not in self._chosen:
            self._chosen[number] = holds(self._value.of, self._files[number])
        return self._chosen[number]
