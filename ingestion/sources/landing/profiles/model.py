"""A landing profile: which files it reads and how their rows become rows of canonical tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from ingestion.sources.landing.cells import normal_name

Pick = Literal["first", "last"]


@dataclass(frozen=True)
class Condition:
    """What a cell of one column must be: filled, empty, or (not) one of some words; words are in plain form."""

    column: str
    is_filled: bool | None = None
    words: frozenset[str] = frozenset()
    is_negated: bool = False


@dataclass(frozen=True)
class Value:
    """How a cell of a canonical column is made; exactly one of ``columns``, ``constant`` and ``parts`` is its origin.

    Attributes:
        columns: columns of the export, of which the first filled one counts.
        constant: the same text in every row.
        parts: values joined with ``glue``; nothing where one of them is empty.
        words: words of the export (plain form) to words of the contract; "*" stands for all others, "" for empty.
        split: sign at which a text is cut into a list.
        plus: columns of durations that are added to an instant; nothing where none of them is filled.
        otherwise: text where nothing was found.
        pick: in a row made of several, the row that tells; null = the first in which something is filled.
        of: conditions on that row.
    """

    columns: tuple[str, ...] = ()
    constant: str | None = None
    parts: tuple[Value, ...] = ()
    glue: str = "-"
    words: Mapping[str, str] | None = None
    split: str | None = None
    plus: tuple[str, ...] = ()
    otherwise: str | None = None
    pick: Pick | None = None
    of: tuple[Condition, ...] = ()

    def reads(self) -> Iterator[str]:
        """Columns of the export that the value is made of."""
        yield from self.columns
        for part in self.parts:
            yield from part.reads()
        yield from self.plus

    def asks(self) -> Iterator[str]:
        """Columns that only decide."""
        yield from (condition.column for condition in self.of)

    @property
    def origin(self) -> str | None:
        """The one column that a refusal of the cell speaks of; null where there are several or none."""
        found = list(dict.fromkeys(self.reads()))
        return found[0] if len(found) == 1 or (found and self.columns) else None


@dataclass(frozen=True)
class RowRule:
    """Rows of one canonical table, made of the rows of the export that meet ``when``.

    With ``one_per`` all rows with the same words in these columns make one row together, in the order of the instants
    in ``in_order_of``; ``only_if_any`` must hold for one of them, else they make none.
    """

    table: str
    values: Mapping[str, Value]
    line: int
    when: tuple[Condition, ...] = ()
    one_per: tuple[str, ...] = ()
    in_order_of: str | None = None
    only_if_any: tuple[Condition, ...] = ()

    @property
    def speaks_of(self) -> list[tuple[Condition, ...]]:
        """Conditions of which a row meets one that the rule has a meaning for; empty where it has one for every row."""
        asked = [self.only_if_any, *(value.of for value in self.values.values())]
        return [self.when] if self.when else [one for one in dict.fromkeys(asked) if one]

    def columns(self) -> Iterator[str]:
        """Columns of the export that the rule looks at."""
        for condition in (*self.when, *self.only_if_any):
            yield condition.column
        for value in self.values.values():
            yield from value.reads()
            yield from value.asks()
        yield from self.one_per
        if self.in_order_of is not None:
            yield self.in_order_of


@dataclass(frozen=True)
class Profile:
    """One profile; columns are named as the export writes them, and found in any case.

    Attributes:
        name: of its file.
        digest: of its content; a changed profile reads its files anew.
        source_system: of the rows that do not say theirs.
        tenant_id: of the rows, where ``landing.yml`` names none.
        files: patterns of file names, lower case.
        written: how the export writes times, numbers and letters (keys of ``landing.yml``).
        optional: columns that may be absent.
        personal: columns that name a buyer.
        dropped: columns that are known and never read.
        left_out: rows that are meant to make none.
        rules: in the order in which they are written.
        constants: rows of canonical tables that the export implies, by table.
    """

    name: str
    digest: str
    source_system: str
    files: tuple[str, ...]
    rules: tuple[RowRule, ...]
    tenant_id: str | None = None
    written: Mapping[str, Any] = field(default_factory=dict)
    optional: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    left_out: tuple[tuple[Condition, ...], ...] = ()
    constants: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)
    is_shipped: bool = False

    @cached_property
    def spelled(self) -> dict[str, str]:
        """Columns that are read, plain name to the profile's own spelling."""
        asked = [condition.column for one in self.left_out for condition in one]
        found = [*(column for rule in self.rules for column in rule.columns()), *asked]
        spelled: dict[str, str] = {}
        for column in found:
            spelled.setdefault(normal_name(column), column)
        return spelled

    @cached_property
    def required(self) -> list[str]:
        """Columns without which a file is none of this profile, plain."""
        may_lack = {normal_name(column) for column in self.optional}
        return [name for name in self.spelled if name not in may_lack]

    def named(self, table: str, columns: frozenset[str]) -> frozenset[str]:
        """Canonical columns of a table that are read from these columns (plain) as they stand."""
        return frozenset(
            name
            for rule in self.rules
            if rule.table == table
            for name, value in rule.values.items()
            if not value.plus and any(normal_name(column) in columns for column in value.columns)
        )

    @property
    def tables(self) -> list[str]:
        """Canonical tables that it fills, the one of the first rule first."""
        return list(dict.fromkeys([*(rule.table for rule in self.rules), *self.constants]))
