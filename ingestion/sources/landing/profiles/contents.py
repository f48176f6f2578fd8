"""The files of one profile in one run: each is read once and handed on table by table."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ingestion.canonical import tables
from ingestion.sources.landing.cells import (
    BadLine,
    Batch,
    Cell,
    Content,
    FileError,
    counted,
    normal_name,
)
from ingestion.sources.landing.folder_settings import FileSettings
from ingestion.sources.landing.names import Found
from ingestion.sources.landing.profiles.assembling import first_of_each, joined, texts_of
from ingestion.sources.landing.profiles.evaluating import Rows, evaluated, holds
from ingestion.sources.landing.profiles.grouping import Grouped, grouped
from ingestion.sources.landing.profiles.model import Profile, RowRule

HEADER_LINE = 1
"""Where constant rows stand: they come with the file, not with a line of it."""


@dataclass
class _Export:
    """One export: its rows, or why it cannot be read; what concerns it as a whole is said with its first table."""

    rows: Rows
    error: FileError | None = None
    content: Content = field(default_factory=lambda: Content((), iter(())))


class ProfileFiles:
    """Reads the files of a profile lazily, each once, and turns them into the content of canonical tables."""

    def __init__(
        self,
        profile: Profile,
        found: Sequence[Found],
        read: Callable[[Found], Content],
        written: Callable[[str], FileSettings],
        tenant: Callable[[str], str],
    ) -> None:
        """``read`` gives a file's content, ``written`` its settings, ``tenant`` whose rows it has."""
        self._profile = profile
        self._names = list(dict.fromkeys(one.name for one in found))
        self._found = {one.name: one for one in found}
        self._read = read
        self._written = written
        self._tenant = tenant
        self._exports: dict[str, _Export] = {}
        self._grouped: dict[int, Grouped] = {}

    def content(self, found: Found) -> Content:
        """What a file says about one table.

        Raises:
            FileError: the file cannot be read as a whole, or lacks a column that the profile reads.
        """
        export = self._export(found.name)
        if export.error is not None:
            raise export.error
        batches = [*self._batches(found, export.rows), *self._constants(found)]
        if tables()[found.table].kind != "event":
            batches = first_of_each(batches, tables()[found.table].key)
        columns = tuple(dict.fromkeys(name for batch in batches for name in batch.columns))
        shown = Content(
            columns,
            iter(batches),
            encoding=export.content.encoding,
            separator=export.content.separator,
        )
        if found.table == self._profile.tables[0]:
            shown.bad_lines = [*export.content.bad_lines, *self._unmapped(export.rows)]
            shown.notes = [*export.content.notes, *self._notes(export)]
        else:
            shown.is_partial = bool(export.content.bad_lines)
        shown.notes += self._headless(found)
        return shown

    def _export(self, name: str) -> _Export:
        if name not in self._exports:
            self._exports[name] = self._drawn(name)
        return self._exports[name]

    def _drawn(self, name: str) -> _Export:
        written = self._written(name)
        export = _Export(Rows([], {}, written))
        try:
            content = export.content = self._read(self._found[name])
            export.rows = joined(list(content.batches), written)
            # What a line holds besides is not kept: it may be a name or a text that no rule reads.
            content.bad_lines = [BadLine(bad.line, bad.reason) for bad in content.bad_lines]
            self._check_columns(content)
        except FileError as error:
            export.error = error
        return export

    def _check_columns(self, content: Content) -> None:
        missing = [name for name in self._profile.required if name not in content.columns]
        if not missing or not content.columns:
            return
        shown = ", ".join(self._profile.spelled[name] for name in missing)
        spare = [name for name in content.columns if name not in self._profile.spelled]
        near = difflib.get_close_matches(missing[0], spare, 1, 0.6)
        meant = f"; is {near[0]} meant?" if near else ""
        raise FileError(
            f"the file lacks the column {shown} that the profile {self._profile.name} reads{meant} "
            "(correct the profile, or name the column under its optional)"
        )

    def _batches(self, found: Found, rows: Rows) -> list[Batch]:
        made = []
        for number, rule in enumerate(self._profile.rules):
            if rule.table != found.table:
                continue
            batch = (
                self._groups(number, rule).batches.get(self._names.index(found.name))
                if rule.one_per
                else self._single(rule, rows, found)
            )
            if batch is not None:
                batch.origins = {
                    name: value.origin for name, value in rule.values.items() if value.origin
                }
                batch.hidden = texts_of(rule.table)
                made.append(batch)
        return made

    def _single(self, rule: RowRule, rows: Rows, found: Found) -> Batch:
        is_wanted = holds(rule.when, rows)
        chosen = rows.chosen([place for place, wanted in enumerate(is_wanted) if wanted])
        columns: dict[str, Sequence[Cell]] = {
            name: [text] * len(chosen) for name, text in self._owners(found.name).items()
        }
        columns |= {name: evaluated(value, chosen) for name, value in rule.values.items()}
        return Batch(chosen.lines, columns)

    def _groups(self, number: int, rule: RowRule) -> Grouped:
        if number not in self._grouped:
            exports = [self._export(name) for name in self._names]
            owners: dict[str, list[Cell]] = {"tenant_id": [], "source_system": []}
            for name in self._names:
                for column, text in self._owners(name).items():
                    owners[column].append(text)
            nothing = [
                one.rows if one.error is None else Rows([], {}, one.rows.written) for one in exports
            ]
            self._grouped[number] = grouped(rule, nothing, owners)
        return self._grouped[number]

    def _constants(self, found: Found) -> list[Batch]:
        rows = self._profile.constants.get(found.table, ())
        if not rows:
            return []
        names = dict.fromkeys(name for row in rows for name in row)
        columns: dict[str, Sequence[Cell]] = {
            name: [text] * len(rows) for name, text in self._owners(found.name).items()
        }
        columns |= {
            name: [row.get(name, columns.get(name, [None])[0]) for row in rows] for name in names
        }
        return [Batch([HEADER_LINE] * len(rows), columns)]

    def _owners(self, name: str) -> dict[str, str]:
        return {"tenant_id": self._tenant(name), "source_system": self._profile.source_system}

    def _unmapped(self, rows: Rows) -> list[BadLine]:
        """Rows of which no rule for tickets, messages and the like speaks, and which are not left out on purpose."""
        spoken = [
            rule.speaks_of for rule in self._profile.rules if tables()[rule.table].kind == "event"
        ]
        if not all(spoken) or not len(rows):
            return []
        asked = [one for each in spoken for one in each]
        known = [*(holds(one, rows) for one in dict.fromkeys(asked)), *self._left_out(rows)]
        names = list(dict.fromkeys(one.column for each in asked for one in each))
        reason = (
            f"no rule of the profile {self._profile.name} speaks of what stands in {', '.join(names)}; "
            "add a rule, or name it under left_out"
        )
        return [
            BadLine(line, reason, column=names[0])
            for line, is_known in zip(rows.lines, map(any, zip(*known, strict=True)), strict=True)
            if not is_known
        ]

    def _left_out(self, rows: Rows) -> list[list[bool]]:
        return [holds(conditions, rows) for conditions in self._profile.left_out]

    def _notes(self, export: _Export) -> list[str]:
        read = {*self._profile.spelled, *map(normal_name, self._profile.dropped)}
        unused = [name for name in export.content.columns if name and name not in read]
        notes = []
        if unused:
            notes.append(
                f"the profile {self._profile.name} does not use the column{'s' if len(unused) > 1 else ''} "
                f"{', '.join(unused)}; what stands there is not kept"
            )
        left = sum(map(any, zip(*self._left_out(export.rows), strict=True)))
        if left:
            notes.append(
                f"{counted(left, 'row')} left out as the profile {self._profile.name} says"
            )
        return notes

    def _headless(self, found: Found) -> list[str]:
        """Of a table that one rule makes: what began before the exports in the folder."""
        place = self._names.index(found.name)
        rules = [
            number for number, one in enumerate(self._profile.rules) if one.table == found.table
        ]
        rule = self._profile.rules[rules[0]] if len(rules) == 1 else None
        if rule is None or not rule.one_per:
            return []
        count = self._groups(rules[0], rule).headless.get(place, 0)
        if not count:
            return []
        return [
            f"{counted(count, 'row')} of {found.table} not made: the exports in the folder lack where they begin "
            f"(only_if_any); keep the earlier export beside this one"
        ]
