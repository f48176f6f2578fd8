"""A profile's YAML file, read strictly: one clear sentence per fault, with file and line."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from ingestion.canonical import tables
from ingestion.sources.landing.cells import normal_name
from ingestion.sources.landing.folder_settings import WRITTEN_FIELDS
from ingestion.sources.landing.profiles.contract_faults import (
    constant_faults,
    rule_faults,
    table_fault,
    text_fault,
)
from ingestion.sources.landing.profiles.model import Condition, Profile, RowRule, Value
from ingestion.sources.landing.profiles.value_reading import (
    one_text,
    read_conditions,
    read_value,
    texts,
)
from ingestion.yaml_lines import Faults, Field, Mapping, read_entry, read_yaml

_NAME = re.compile(r"^[a-z0-9][a-z0-9_-]{0,62}$")
_CAPABILITIES = "source_capabilities"


def read_profile(path: Path, is_shipped: bool = False) -> Profile:
    """The profile of a file.

    Args:
        path: its file; the name without ending is that of the profile.
        is_shipped: one of ours, which is in use only where ``landing.yml`` says so.

    Raises:
        YamlFileError: one sentence per fault, with file and line.
    """
    faults = Faults(path)
    document = read_yaml(path, faults, tuple(_FIELDS))
    if not _NAME.match(path.stem):
        faults.add(1, "the name of a profile's file holds small letters, digits, _ and - only")
    found = read_entry(document, _FIELDS, faults, 1)
    at = document.lines
    written = found.get("written")
    settings = read_entry(written, WRITTEN_FIELDS, faults, at["written"]) if written else {}
    left_out = _left_out(found.get("left_out") or [], faults, at.get("left_out", 1))
    personal = found.get("personal") or ()
    rules = _rules(found.get("rows") or [], personal, faults, at.get("rows", 1))
    constants = _constants(found.get("constants"), faults, at.get("constants", 1))
    declared = _capabilities(found.get("capabilities"), faults, at.get("capabilities", 1))
    if declared:
        constants[_CAPABILITIES] = constants.get(_CAPABILITIES, ()) + declared
    if "source_system" in found and not found["source_system"]:
        faults.add(
            at["source_system"], "source_system is empty; name the system that the rows come from"
        )
    faults.raise_if_any()
    profile = Profile(
        path.stem,
        hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest(),
        found["source_system"],
        tuple(pattern.lower() for pattern in found.get("files") or ()),
        tuple(rules),
        found.get("tenant_id"),
        settings,
        found.get("optional") or (),
        personal,
        found.get("dropped") or (),
        tuple(left_out),
        constants,
        is_shipped,
    )
    _column_faults(profile, at, faults)
    faults.raise_if_any()
    return profile


def _column_faults(profile: Profile, at: dict[str, int], faults: Faults) -> None:
    """Columns that are said to be one thing and used as another."""
    for column in profile.dropped:
        if normal_name(column) in profile.spelled:
            faults.add(
                at["dropped"], f"{column} is dropped and read by a rule; it can be one of them only"
            )
    for key, columns in (("optional", profile.optional), ("personal", profile.personal)):
        for column in columns:
            if normal_name(column) not in profile.spelled:
                faults.add(at[key], f"{key} names {column}, which no rule reads; remove it there")


def _rules(entries: Any, personal: tuple[str, ...], faults: Faults, line: int) -> list[RowRule]:
    if not isinstance(entries, list) or not entries:
        faults.add(line, "rows must be a list of rules, each beginning with a dash")
        return []
    found = [_rule(entry, personal, faults, line) for entry in entries]
    return [rule for rule in found if rule is not None]


def _rule(entry: Any, personal: tuple[str, ...], faults: Faults, line: int) -> RowRule | None:
    before = len(faults.found)
    found = read_entry(entry, _RULE_FIELDS, faults, line)
    if not isinstance(entry, Mapping):
        return None
    if not found.get("table"):
        if "table" in entry:
            faults.add(entry.lines["table"], "table is empty; name a canonical table")
        return None
    at = entry.lines
    reason = table_fault(found["table"])
    if reason:
        faults.add(at["table"], reason)
    when, only_if_any = (
        read_conditions(entry[key], faults, at[key]) if key in entry else ()
        for key in ("when", "only_if_any")
    )
    one_per, order = found.get("one_per") or (), found.get("in_order_of")
    if one_per and order is None:
        faults.add(
            at["one_per"], "one_per needs in_order_of, the column of instants that orders the rows"
        )
    if not one_per and (order or only_if_any):
        faults.add(
            entry.line, "in_order_of and only_if_any speak of several rows; the rule needs one_per"
        )
    values, lines = _values(entry, faults)
    if len(faults.found) > before:
        return None
    rule = RowRule(found["table"], values, entry.line, when, one_per, order, only_if_any)
    for place, said in rule_faults(rule, lines, personal):
        faults.add(place, said)
    return rule


def _values(entry: Mapping, faults: Faults) -> tuple[dict[str, Value], dict[str, int]]:
    columns = entry.get("columns")
    if not isinstance(columns, Mapping) or not columns:
        faults.add(entry.line, "columns must map canonical columns to columns of the export")
        return {}, {}
    read = {
        name: read_value(name, raw, faults, columns.lines[name]) for name, raw in columns.items()
    }
    return {name: value for name, value in read.items() if value is not None}, columns.lines


def _left_out(entries: Any, faults: Faults, line: int) -> list[tuple[Condition, ...]]:
    if not isinstance(entries, list):
        faults.add(line, "left_out must be a list of conditions, each beginning with a dash")
        return []
    return [
        read_conditions(entry, faults, entry.line if isinstance(entry, Mapping) else line)
        for entry in entries
    ]


def _constants(section: Any, faults: Faults, line: int) -> dict[str, tuple[dict[str, str], ...]]:
    found: dict[str, tuple[dict[str, str], ...]] = {}
    if not section:
        return found
    if not isinstance(section, Mapping):
        faults.add(line, "constants must map canonical tables to lists of rows")
        return found
    for name, rows in section.items():
        at = section.lines[name]
        reason = table_fault(name)
        if reason or not isinstance(rows, list):
            faults.add(at, reason or f"the constants of {name} must be a list of rows")
            continue
        found[name] = tuple(_constant(name, row, faults, at) for row in rows)
    return found


def _constant(name: str, row: Any, faults: Faults, line: int) -> dict[str, str]:
    if not isinstance(row, Mapping) or not all(isinstance(text, str) for text in row.values()):
        faults.add(line, f"a constant row of {name} must map its columns to texts")
        return {}
    for place, said in constant_faults(tables()[name], row, row.lines, row.line):
        faults.add(place, said)
    return dict(row)


def _capabilities(section: Any, faults: Faults, line: int) -> tuple[dict[str, str], ...]:
    """``capability: level`` or ``capability: {level, note}`` as rows of the capabilities' table."""
    if not section:
        return ()
    if not isinstance(section, Mapping):
        faults.add(line, "capabilities must map capabilities to full, partial or none")
        return ()
    columns, found = tables()[_CAPABILITIES].columns, []
    for name, raw in section.items():
        at = section.lines[name]
        entry = (
            {"level": raw} if isinstance(raw, str) else read_entry(raw, _LEVEL_FIELDS, faults, at)
        )
        for column, text in (("capability", name), ("level", entry.get("level") or "")):
            reason = text_fault(columns[column], text)
            if reason or not text:
                faults.add(at, f"{name}: {reason or 'the level is missing'}")
        row = {"capability": name, "level": entry.get("level"), "note": entry.get("note")}
        found.append({key: text for key, text in row.items() if text})
    return tuple(found)


def _any(raw: Any) -> Any:
    return raw


_FIELDS = {
    "about": Field(_any),
    "files": Field(texts),
    "source_system": Field(one_text, is_required=True),
    "tenant_id": Field(one_text),
    "written": Field(_any),
    "optional": Field(texts),
    "personal": Field(texts),
    "dropped": Field(texts),
    "left_out": Field(_any),
    "constants": Field(_any),
    "capabilities": Field(_any),
    "rows": Field(_any, is_required=True),
}
_RULE_FIELDS = {
    "table": Field(one_text, is_required=True),
    "when": Field(_any),
    "one_per": Field(texts),
    "in_order_of": Field(one_text),
    "only_if_any": Field(_any),
    "columns": Field(_any, is_required=True),
}
_LEVEL_FIELDS = {"level": Field(one_text, is_required=True), "note": Field(one_text)}
