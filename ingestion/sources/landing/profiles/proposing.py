"""A first draft of a profile for an export, to be edited by somebody who knows the tool."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingestion.canonical import Column, tables
from ingestion.sources.landing.profiles.column_kinds import ColumnLook
from ingestion.sources.landing.profiles.headings import HEADINGS, SYNONYMS
from ingestion.sources.landing.profiles.looking import Look
from ingestion.sources.landing.validation import required_columns
from ingestion.sources.landing.values import is_null

_TICKET_COLUMNS = (
    *("ticket_id", "created_at", "channel_id", "customer_ref"),
    *("status", "priority", "assignee_id", "team_id"),
)
_MORE_COLUMNS = ("primary_reason_tag_id", "tag_ids", "order_id", "source_updated_at")
_YAML_WORDS = ("null", "true", "false", "yes", "no", "on", "off")


def proposal(look: Look, source_system: str) -> str:
    """The draft as YAML; what nobody can know is a comment beginning with ``TODO``.

    A draft with open points is refused with their lines until somebody has filled them in.
    """
    return "\n".join(_lines(look, source_system)) + "\n"


def _lines(look: Look, source_system: str) -> Iterator[str]:
    yield f"# Draft for {look.file_name}: {look.rows:,} rows, {look.bad_lines:,} unreadable lines."
    for note in look.notes:
        yield f"# {note}"
    yield "# What every column holds (values of persons are not shown):"
    for column in look.columns:
        yield f"#   {column.name}: {described(column)}"
    yield ""
    pattern = re.sub(r"\d+", "*", look.file_name.lower())
    yield f"files: [{_quoted(pattern)}]"
    yield f"source_system: {source_system}"
    written = {
        "encoding": look.encoding,
        "separator": look.separator,
        "date_order": look.date_order,
        "decimal": look.decimal,
    }
    given = [f"{key}: {_quoted(text)}" for key, text in written.items() if text]
    yield "# TODO time_zone of the times, unless they carry their own offset"
    yield f"written: {{{', '.join([*given, 'time_zone: UTC'])}}}"
    meant = _meant(look)
    used = {column.name for column in meant.values()}
    personal = [
        c.name
        for c in look.columns
        if c.is_personal and c.name in used and c is meant.get("customer_ref")
    ]
    if personal:
        yield f"personal: [{', '.join(map(_quoted, personal))}]"
    dropped = [
        c.name
        for c in look.columns
        if c.name not in used and (c.is_personal or c.kind in ("texts", "names"))
    ]
    if dropped:
        yield f"dropped: [{', '.join(map(_quoted, dropped))}]"
    left = [c.name for c in look.columns if c.name not in used and c.name not in dropped]
    if left:
        yield f"# not used so far: {', '.join(left)}"
    yield ""
    yield "rows:"
    yield from _tickets(look, meant)


def described(column: ColumnLook) -> str:
    """A column in words, without any value of a person."""
    said = f"{column.kind}, {column.filled:,} filled, {column.different:,} different"
    if column.words:
        said += ": " + ", ".join(f"{word} ({count:,})" for word, count in column.words.items())
    elif column.is_personal:
        said += " (of persons, not shown)"
    elif column.kind == "words":
        said += f" (could be names; --show {column.name} shows them)"
    return said


def _meant(look: Look) -> dict[str, ColumnLook]:
    """The column that seems to be meant for a canonical one, each column once."""
    found: dict[str, ColumnLook] = {}
    for meaning, patterns in HEADINGS.items():
        for pattern in patterns:
            fitting = [
                column
                for column in look.columns
                if re.search(pattern, column.name.replace("_", " "))
                and column not in found.values()
                and _fits(meaning, column)
            ]
            if fitting:
                found[meaning] = fitting[0]
                break
    return found


def _fits(meaning: str, column: ColumnLook) -> bool:
    is_time = column.kind.startswith("instants")
    if meaning in ("created_at", "resolved", "source_updated_at"):
        return is_time
    return not is_time and column.kind not in ("texts", "durations", "empty", "decimal numbers")


def _tickets(look: Look, meant: dict[str, ColumnLook]) -> Iterator[str]:
    table = tables()["tickets"]
    ticket, made = meant.get("ticket_id"), meant.get("created_at")
    is_log = "event_type" in meant and ticket is not None and ticket.different < ticket.filled
    yield "  - table: tickets"
    if is_log and ticket and made:
        yield "    # several rows a conversation: what is known of it after all of them"
        yield f"    one_per: {_quoted(ticket.name)}"
        yield f"    in_order_of: {_quoted(made.name)}"
    yield "    columns:"
    for name in (*_TICKET_COLUMNS, *_MORE_COLUMNS):
        column = meant.get(name)
        if column is not None:
            yield from _value(table.columns.get(name), name, column, is_log)
        elif name in required_columns(table):
            yield f"      # TODO {name}: {_wanted(table.columns[name])}"
    yield "      created_by_role: =customer"
    yield "      origin: =inbound"
    if is_log:
        yield from _events(meant)


def _value(contract: Column | None, name: str, column: ColumnLook, is_log: bool) -> Iterator[str]:
    pick = "first" if name in ("created_at", "customer_ref", "channel_id", "ticket_id") else "last"
    if contract is not None and contract.form == "list":
        yield f'      {name}: {{column: {_quoted(column.name)}, split: ","}}'
    elif contract is not None and contract.allowed:
        known = SYNONYMS.get(name, {})
        words = {word: known.get(word, "") for word in column.words if not is_null(word, contract)}
        yield f"      {name}:"
        yield f"        {'last' if is_log else 'column'}: {_quoted(column.name)}"
        yield f"        words:  # {_wanted(contract)}"
        for word, meaning in words.items():
            yield f"          {_quoted(word)}: {meaning or 'TODO'}"
    elif is_log:
        yield f"      {name}: {{{pick}: {_quoted(column.name)}}}"
    else:
        yield f"      {name}: {_quoted(column.name)}"


def _events(meant: dict[str, ColumnLook]) -> Iterator[str]:
    action, ticket, made = (meant.get(name) for name in ("event_type", "ticket_id", "created_at"))
    if action is None or ticket is None or made is None:
        return
    yield ""
    yield "  # TODO one rule for each kind of action that changes something"
    for word in action.words:
        yield f"  # - table: ticket_events, when: {{{_quoted(action.name)}: [{_quoted(word)}]}}"
    yield "# TODO left_out: rows that are meant to make none"


def _wanted(column: Column) -> str:
    if column.allowed:
        return f"one of {', '.join(column.allowed)}"
    return f"a {column.type}; the name of a column, or =constant"


def _quoted(text: str) -> str:
    """A text as YAML takes it for nothing else."""
    if re.fullmatch(r"[a-z_][a-z0-9_ ]*[a-z0-9_]", text) and text not in (
        "null",
        "true",
        "false",
        "yes",
        "no",
        "on",
        "off",
    ):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def tool_name(text: str) -> str:
    """A name for a profile, made of a file's or tool's name."""
    stem = text.lower().removesuffix(".gz").split(".")[0]
    return re.sub(r"[^a-z]+", "_", stem).strip("_") or "export"
