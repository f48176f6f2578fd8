"""What a policy file may say, as values of the canonical rule tables (catalogue §3.2–§3.4, §3.7)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ingestion.canonical import tables
from ingestion.sheet_rules import condition_faults
from ingestion.yaml_lines import (
    Faults,
    Field,
    Mapping,
    read_entries,
    read_entry,
    read_yaml,
)

_DURATION = re.compile(r"^(\d+(?:\.\d+)?)\s*(s|min|h|d|business days?)$")
_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_SPAN = re.compile(r"^((?:[01]\d|2[0-3]):[0-5]\d)\s*-\s*((?:[01]\d|2[0-3]):[0-5]\d|24:00)$")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LAYERS = ("marketplace", "internal")

Span = tuple[str, str]


@dataclass(frozen=True)
class TargetChange:
    """Existing targets, chosen by id or by policy, layer, metric and priority, get other values; or are taken away."""

    line: int
    chosen_by: dict[str, str]
    columns: dict[str, Any]
    is_removed: bool


@dataclass(frozen=True)
class PolicyChange:
    """A new policy, or other conditions, position or targets of an existing one; or it is taken away."""

    line: int
    policy_id: str
    columns: dict[str, Any]
    targets: tuple[dict[str, Any], ...] | None
    is_removed: bool


@dataclass(frozen=True)
class CalendarChange:
    """A new calendar, or other hours, zone or exceptions of an existing one."""

    line: int
    calendar_id: str
    tz: str | None
    hours: dict[int, tuple[Span, ...]] | None
    exceptions: dict[date, tuple[Span, ...]]


@dataclass(frozen=True)
class MissedChange:
    """How missed contacts of a channel count; ``*`` = of every channel."""

    line: int
    channel_id: str
    columns: dict[str, Any]


@dataclass(frozen=True)
class PolicyFile:
    """All changes of a file; ``tenant_id`` None = every tenant of the warehouse."""

    path: Path
    name: str
    tenant_id: str | None
    targets: tuple[TargetChange, ...]
    policies: tuple[PolicyChange, ...]
    calendars: tuple[CalendarChange, ...]
    missed_contacts: tuple[MissedChange, ...]


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise ValueError("must be a text")
    return raw.strip()


def _one_of(*allowed: str) -> Field:
    def parse(raw: Any) -> str:
        if raw not in allowed:
            raise ValueError(f"{raw!r} is not one of {', '.join(allowed)}")
        return str(raw)

    return Field(parse)


def _allowed(table: str, column: str) -> Field:
    return _one_of(*tables()[table].columns[column].allowed)


def _whole(raw: Any) -> int:
    if not isinstance(raw, str) or not raw.isdigit():
        raise ValueError(f"{raw!r} is no whole number")
    return int(raw)


def _yes(raw: Any) -> bool:
    if raw not in ("true", "false"):
        raise ValueError(f"{raw!r} is neither true nor false")
    return bool(raw == "true")


def _duration(raw: Any) -> dict[str, int | None]:
    match = _DURATION.match(raw) if isinstance(raw, str) else None
    if match is None:
        raise ValueError(
            f"{raw!r} is no duration; write 90 s, 30 min, 12 h, 2 d or 3 business days"
        )
    number, unit = float(match[1]), match[2]
    if unit.startswith("business"):
        if not number.is_integer() or number < 1:
            raise ValueError(f"{raw!r} must be a whole number of business days")
        return {"target_seconds": None, "target_business_days": int(number)}
    seconds = number * _SECONDS[unit]
    if seconds < 1:
        raise ValueError(f"{raw!r} is shorter than a second")
    return {"target_seconds": round(seconds), "target_business_days": None}


def _list_of(*allowed: str) -> Field:
    def parse(raw: Any) -> str:
        values = raw if isinstance(raw, list) else [raw]
        wrong = [value for value in values if value not in allowed]
        if wrong:
            raise ValueError(f"{wrong[0]!r} is not one of {', '.join(allowed)}")
        return json.dumps(values)

    return Field(parse)


def _conditions(raw: Any) -> str:
    if not isinstance(raw, Mapping):
        raise ValueError("must be a mapping such as {platform: [amazon]}; {} matches every ticket")
    faults = condition_faults(raw)
    if faults:
        raise ValueError(f"cannot be used: {'; '.join(faults)}")
    return json.dumps(dict(raw))


def _zone(raw: Any) -> str:
    try:
        ZoneInfo(_text(raw))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"{raw!r} is no time zone, such as Europe/Rome") from error
    return str(raw)


def _spans(raw: Any) -> tuple[Span, ...]:
    if raw == "closed":
        return ()
    texts = raw if isinstance(raw, list) else str(raw).split(",")
    spans = []
    for text in texts:
        match = _SPAN.match(str(text).strip())
        if match is None:
            raise ValueError(f"{text!r} is no span such as 09:00-18:00, nor the word closed")
        spans.append((match[1], match[2]))
    return tuple(spans)


def _days(text: str) -> list[int]:
    ends = [part.strip().lower() for part in text.split("-")]
    if len(ends) > 2 or any(end not in _DAYS for end in ends):
        raise ValueError(f"{text!r} is no day such as mon or mon-fri")
    first, last = _DAYS.index(ends[0]) + 1, _DAYS.index(ends[-1]) + 1
    if last < first:
        raise ValueError(f"{text!r} ends before it begins")
    return list(range(first, last + 1))


def _hours(raw: Any) -> dict[int, tuple[Span, ...]]:
    if not isinstance(raw, Mapping) or not raw:
        raise ValueError('must be a mapping such as {mon-fri: "09:00-18:00"}')
    return {day: _spans(spans) for days, spans in raw.items() for day in _days(days)}


def _exceptions(raw: Any) -> dict[date, tuple[Span, ...]]:
    if not isinstance(raw, Mapping):
        raise ValueError(
            'must be a mapping such as {2026-12-25: closed, 2026-12-24: "09:00-13:00"}'
        )
    found = {}
    for day, spans in raw.items():
        try:
            found[date.fromisoformat(day)] = _spans(spans)
        except ValueError as error:
            raise ValueError(f"of {day}: {error}") from error
    return found


_VALUES = {
    "target": Field(_duration),
    "clock": _one_of("calendar", "business"),
    "calendar_id": Field(_text),
    "clock_start": _allowed("sla_targets", "clock_start"),
    "pause_statuses": _list_of("new", "open", "pending", "on_hold"),
}
_CHOICE = {
    "target_version_id": Field(_text),
    "policy_id": Field(_text),
    "layer": _one_of(*_LAYERS),
    "metric": _allowed("sla_targets", "metric"),
    "priority": _allowed("sla_targets", "priority"),
}
_POLICY = {
    "policy_id": Field(_text, True),
    "layer": _one_of(*_LAYERS),
    "name": Field(_text),
    "position": Field(_whole),
    "conditions": Field(_conditions),
    "targets": Field(lambda raw: raw),
    "remove": Field(_yes),
}
_CALENDAR = {
    "calendar_id": Field(_text, True),
    "tz": Field(_zone),
    "hours": Field(_hours),
    "exceptions": Field(_exceptions),
}
_MISSED = {
    "channel_id": Field(_text, True),
    "missed_policy": _allowed("channel_policy", "missed_policy"),
    "short_abandon_s": Field(_whole),
    "obligation_mode": _allowed("channel_policy", "obligation_mode"),
}
_SECTIONS = ("targets", "policies", "calendars", "missed_contacts")


def read_policy_file(path: Path) -> PolicyFile:
    """Read and check a policy file; what it names is looked up only when it is applied to a warehouse.

    Raises:
        YamlFileError: one sentence per fault with its line.
    """
    faults = Faults(path)
    document = read_yaml(path, faults, _SECTIONS, "docs/what-if.md")
    for key in document:
        if key not in (*_SECTIONS, "name", "tenant_id"):
            known = ", ".join(("name", "tenant_id", *_SECTIONS))
            faults.add(document.lines[key], f"{key} is unknown; known are {known}")
    if not faults.found and not any(document.get(section) for section in _SECTIONS):
        faults.add(document.line, f"nothing is changed: give one of {', '.join(_SECTIONS)}")
    found = PolicyFile(
        path,
        str(document.get("name") or path.stem),
        document.get("tenant_id") or None,
        tuple(_targets(document, faults)),
        tuple(_policies(document, faults)),
        tuple(_calendars(document, faults)),
        tuple(_missed(document, faults)),
    )
    faults.raise_if_any()
    return found


def _targets(document: Mapping, faults: Faults) -> list[TargetChange]:
    found = []
    fields = {**_CHOICE, **_VALUES, "remove": Field(_yes)}
    for line, values in read_entries(document, "targets", fields, faults):
        chosen_by = {key: values[key] for key in _CHOICE if values.get(key)}
        columns = _columns(values)
        is_removed = bool(values.get("remove"))
        if values and not {"target_version_id", "policy_id", "layer"} & set(chosen_by):
            faults.add(
                line,
                "say which targets: target_version_id, or policy_id or layer with metric and priority",
            )
        if values and not set(_VALUES) & set(values) and not is_removed:
            faults.add(
                line, f"nothing is changed: give one of {', '.join(_VALUES)}, or remove: true"
            )
        found.append(TargetChange(line, chosen_by, columns, is_removed))
    return found


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    columns = {key: values[key] for key in _VALUES if key in values and key != "target"}
    return columns | (values.get("target") or {})


def _policies(document: Mapping, faults: Faults) -> list[PolicyChange]:
    found = []
    for line, values in read_entries(document, "policies", _POLICY, faults):
        targets: list[dict[str, Any]] | None = None
        if isinstance(values.get("targets"), list):
            fields = {
                "metric": Field(_CHOICE["metric"].parse, True),
                "priority": _CHOICE["priority"],
                **_VALUES,
                "target": Field(_duration, True),
            }
            targets = []
            for entry in values["targets"]:
                at = entry.line if isinstance(entry, Mapping) else line
                own = read_entry(entry, fields, faults, at)
                keys = {key: own.get(key) for key in ("metric", "priority")}
                targets.append(keys | _columns(own))
        elif "targets" in values:
            faults.add(line, "targets must be a list of entries, each beginning with a dash")
        columns = {
            key: values[key] for key in ("layer", "name", "position", "conditions") if key in values
        }
        is_removed = bool(values.get("remove"))
        if values and not columns and targets is None and not is_removed:
            faults.add(
                line, "nothing is changed: give conditions, position, targets, or remove: true"
            )
        chosen = None if targets is None else tuple(targets)
        found.append(PolicyChange(line, values.get("policy_id") or "", columns, chosen, is_removed))
    return found


def _calendars(document: Mapping, faults: Faults) -> list[CalendarChange]:
    return [
        CalendarChange(
            line,
            values.get("calendar_id") or "",
            values.get("tz"),
            values.get("hours"),
            values.get("exceptions") or {},
        )
        for line, values in read_entries(document, "calendars", _CALENDAR, faults)
    ]


def _missed(document: Mapping, faults: Faults) -> list[MissedChange]:
    found = []
    for line, values in read_entries(document, "missed_contacts", _MISSED, faults):
        columns = {key: value for key, value in values.items() if key != "channel_id"}
        if values and not columns:
            faults.add(
                line, "nothing is changed: give missed_policy, short_abandon_s or obligation_mode"
            )
        found.append(MissedChange(line, values.get("channel_id") or "", columns))
    return found
