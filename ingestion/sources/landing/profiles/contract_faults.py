"""What of a profile cannot pass the canonical contract, said before any file is read."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping

from ingestion.canonical import Column, Table, envelope, tables
from ingestion.sources.landing.cells import normal_name
from ingestion.sources.landing.instants import Dialect
from ingestion.sources.landing.profiles.model import RowRule, Value
from ingestion.sources.landing.validation import required_columns
from ingestion.sources.landing.values import CellReader

_OWNERS = ("tenant_id", "source_system")
"""Given to every row by the profile, where a rule does not."""
_FILLED = ("ingested_at", "row_hash", "load_id")
Lines = Mapping[str, int]
Fault = tuple[int, str]


def table_fault(name: str) -> str | None:
    """Why a name is no canonical table."""
    if name in tables():
        return None
    near = difflib.get_close_matches(name, tables(), 1, 0.6)
    meant = f"; did you mean {near[0]}?" if near else "; canonical.yml lists them"
    return f"{name} is no canonical table{meant}"


def rule_faults(rule: RowRule, lines: Lines, personal: Collection[str]) -> Iterator[Fault]:
    """Faults of one rule whose table is known; ``lines`` are those of its canonical columns."""
    table = tables()[rule.table]
    yield from _column_faults(table, rule.values, lines, rule.line)
    for name, value in rule.values.items():
        column = _contract(table).get(name)
        if column is None:
            continue
        line = lines.get(name, rule.line)
        for word in _words(value):
            reason = text_fault(column, word)
            if reason:
                yield line, f"{name}: the word {word!r} cannot stand there ({reason})"
        if value.pick is not None and not rule.one_per:
            yield line, f"{name}: first and last choose among several rows; the rule needs one_per"
        if value.split is not None and column.form != "list":
            yield line, f"{name}: split makes a list, and this column holds none"
        if value.plus and column.type != "ts":
            yield line, f"{name}: plus adds to an instant, and this column holds none"
        yield from ((line, reason) for reason in _bare(table, name, value, rule, personal))


def constant_faults(
    table: Table, row: Mapping[str, str], lines: Lines, line: int
) -> Iterator[Fault]:
    """Faults of one constant row."""
    values = {name: Value(constant=text) for name, text in row.items()}
    yield from _column_faults(table, values, lines, line)
    for name, text in row.items():
        column = _contract(table).get(name)
        reason = text_fault(column, text) if column else None
        if reason:
            yield lines.get(name, line), f"{name}: {text!r} cannot stand there ({reason})"


def text_fault(column: Column, text: str) -> str | None:
    """Why a text cannot stand in a column; an empty one means that there is nothing."""
    if not text:
        return None
    _, faults = CellReader().column(column, [text], [Dialect()])
    return faults.get(0)


def _contract(table: Table) -> dict[str, Column]:
    return {name: one for name, one in (envelope() | table.columns).items() if name not in _FILLED}


def _column_faults(
    table: Table, values: Mapping[str, Value], lines: Lines, line: int
) -> Iterator[Fault]:
    known = _contract(table)
    for name in values:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1, 0.6)
            meant = f"; did you mean {near[0]}?" if near else ""
            yield lines.get(name, line), f"{table.name} has no column {name}{meant}"
    missing = [
        name for name in required_columns(table) if name not in values and name not in _OWNERS
    ]
    if missing:
        yield line, f"{table.name} lacks the required column {', '.join(missing)}"


def _words(value: Value) -> list[str]:
    found = [*(value.words or {}).values()]
    return [*found, *(text for text in (value.constant, value.otherwise) if text)]


def _bare(
    table: Table, name: str, value: Value, rule: RowRule, personal: Collection[str]
) -> Iterator[str]:
    """A column that names a buyer goes only where the contract hashes it."""
    hidden = {normal_name(column) for column in personal}
    named = [column for column in value.reads() if normal_name(column) in hidden]
    if not named:
        return
    rules = table.personal.get(name)
    if (
        rules is not None
        and rules.kind != "session"
        and (rules.word is None or _always(rule, rules.when, rules.word))
    ):
        if value.parts and rules.kind == "customer":
            yield f"{name}: {named[0]} must stand alone, so that one buyer is one everywhere; leave join out"
        return
    yield (
        f"{name}: {named[0]} is personal and would be stored as it is; "
        f"{', '.join(table.personal) or 'no column'} of {table.name} is hashed"
    )


def _always(rule: RowRule, column: str | None, word: str) -> bool:
    """Whether a column of the rule has the one word in every row, so that the contract hashes beside it."""
    value = rule.values.get(column or "")
    if value is None:
        return False
    if value.constant is not None:
        return value.constant == word
    meanings = {*(value.words or {}).values()}
    return meanings == {word} and value.otherwise in (None, word)
