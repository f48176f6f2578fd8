"""Proves the seeds before anything is built: a wrong line is named by file, line and reason (architecture D12)."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ingestion.canonical import tables
from ingestion.errors import ConfigurationError
from ingestion.sources.landing.files import LandingFile
from ingestion.sources.landing.validation import validate
from orchestration.settings import DBT_DIR

_PREFIX = "seed_"
_SHOWN = 5
_BRIDGE_MONTHS = 3
_CLOCK_TIME = re.compile(r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$|^24:00(:00)?$")

Line = tuple[int, dict[str, str | None]]


class SeedError(ConfigurationError):
    """A seed has a line that cannot be used."""


@dataclass(frozen=True)
class SeedFault:
    """One wrong line: where and why."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file} line {self.line}: {self.reason}"


@dataclass(frozen=True)
class Seed:
    """A seed file as text; ``table`` is the canonical table it is a default for, if any."""

    path: Path
    table: str
    columns: tuple[str, ...]
    lines: list[Line]


_REFERENCES = {
    "sla_targets": (("policy_id", "version"), "sla_policies"),
    "calendar_hours": (("calendar_id",), "business_calendars"),
    "calendar_exceptions": (("calendar_id",), "business_calendars"),
    "kpi_targets": (("kpi_id",), "kpi_definitions"),
    "kpi_accountability": (("kpi_id",), "kpi_definitions"),
    "kpi_variant_units": (("kpi_id",), "kpi_definitions"),
}
"""Columns of a seed whose values must occur in another seed."""


def validate_seeds(folder: Path = DBT_DIR / "seeds") -> int:
    """Check every CSV of the seed folder; returns the number of lines checked.

    Raises:
        SeedError: naming the first faulty lines with file, line and reason.
    """
    faults: list[SeedFault] = []
    seeds: dict[str, Seed] = {}
    for path in sorted(folder.glob("*.csv")):
        seed, unreadable = _read(path)
        faults += unreadable
        seeds[seed.table] = seed
    for seed in seeds.values():
        faults += _contract_faults(seed)
        faults += _period_faults(seed)
        faults += _value_faults(seed)
        faults += _reference_faults(seed, seeds)
    faults += _version_faults(seeds.get("kpi_definitions"))
    if faults:
        shown = "; ".join(str(fault) for fault in faults[:_SHOWN])
        more = f"; and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        raise SeedError(f"Seeds in {folder} are wrong, nothing was built: {shown}{more}")
    return sum(len(seed.lines) for seed in seeds.values())


def _read(path: Path) -> tuple[Seed, list[SeedFault]]:
    table = path.stem.removeprefix(_PREFIX)
    faults: list[SeedFault] = []
    lines: list[Line] = []
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.reader(handle)
        header = tuple(next(reader, []))
        start = reader.line_num + 1
        for cells in reader:
            if cells and len(cells) != len(header):
                reason = f"it has {len(cells)} fields, the header {len(header)}"
                faults.append(SeedFault(path.name, start, reason))
            elif cells:
                lines.append((start, {n: c or None for n, c in zip(header, cells, strict=True)}))
            start = reader.line_num + 1
    return Seed(path, table, header, lines), faults


def _contract_faults(seed: Seed) -> Iterator[SeedFault]:
    """Types, vocabulary and required columns of the canonical contract, and duplicates of its key."""
    table = tables().get(seed.table)
    if table is None:
        return
    columns = (*seed.columns, "source_system")
    rows: list[Line] = [(line, {"source_system": "seed", **row}) for line, row in seed.lines]
    _, refusals = validate(LandingFile(table.name, seed.path, columns, rows), table)
    for refusal in refusals:
        # Line 0 is the file as a whole: a required column is missing in its header, which is line 1.
        yield SeedFault(
            seed.path.name, refusal.line or 1, f"{refusal.column or 'row'}: {refusal.reason}"
        )
    seen: dict[tuple[str | None, ...], int] = {}
    for line, row in rows:
        key = tuple(row.get(name) for name in table.identity)
        if key in seen:
            shown = ", ".join(f"{n} {row.get(n)}" for n in table.identity)
            yield SeedFault(seed.path.name, line, f"same key as line {seen[key]} ({shown})")
        seen.setdefault(key, line)


def _period_faults(seed: Seed) -> Iterator[SeedFault]:
    """``valid_from`` and ``valid_to`` are dates or instants, in that order."""
    for line, row in seed.lines:
        bounds = []
        for name in ("valid_from", "valid_to"):
            text = row.get(name)
            if text is None:
                continue
            try:
                bounds.append(date.fromisoformat(text[:10]))
            except ValueError:
                yield SeedFault(seed.path.name, line, f"{name}: {text!r} is no ISO-8601 date")
        if len(bounds) == 2 and bounds[1] <= bounds[0]:
            reason = f"valid_to {row['valid_to']} is not after valid_from {row['valid_from']}"
            yield SeedFault(seed.path.name, line, reason)


def _is_zone(text: str) -> bool:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True


_VALUES: Mapping[tuple[str, str], tuple[Callable[[str], bool], str]] = {
    ("business_calendars", "tz"): (_is_zone, "is no IANA time zone"),
    ("agent_views", "agent_views"): (
        lambda text: text in ("named", "pseudonymous", "off"),
        "is not named, pseudonymous or off",
    ),
    ("calendar_hours", "opens"): (lambda text: bool(_CLOCK_TIME.match(text)), "is no time HH:MM"),
    ("calendar_hours", "closes"): (lambda text: bool(_CLOCK_TIME.match(text)), "is no time HH:MM"),
    ("calendar_exceptions", "opens"): (
        lambda text: bool(_CLOCK_TIME.match(text)),
        "is no time HH:MM",
    ),
    ("calendar_exceptions", "closes"): (
        lambda text: bool(_CLOCK_TIME.match(text)),
        "is no time HH:MM",
    ),
}


def _value_faults(seed: Seed) -> Iterator[SeedFault]:
    for (table, column), (is_valid, complaint) in _VALUES.items():
        if table != seed.table:
            continue
        for line, row in seed.lines:
            text = row.get(column)
            if text is not None and not is_valid(text):
                yield SeedFault(seed.path.name, line, f"{column}: {text!r} {complaint}")


def _version_faults(definitions: Seed | None) -> Iterator[SeedFault]:
    """A changed KPI definition is a new version; the old one runs on beside it for three months."""
    versions: dict[str, list[tuple[int, int, dict[str, str | None]]]] = {}
    for line, row in definitions.lines if definitions else []:
        number = row.get("kpi_version") or ""
        if not number.isdecimal():
            yield SeedFault(
                "seed_kpi_definitions.csv", line, f"kpi_version: {number!r} is no number"
            )
            continue
        versions.setdefault(row.get("kpi_id") or "", []).append((int(number), line, row))
    for kpi_id, found in versions.items():
        found.sort(key=lambda version: version[:2])
        for place, (number, line, row) in enumerate(found, start=1):
            if number != place:
                reason = f"version {number} of {kpi_id} stands where version {place} belongs"
                yield SeedFault("seed_kpi_definitions.csv", line, reason)
            elif place < len(found):
                begin = date.fromisoformat(str(found[place][2].get("valid_from"))[:10])
                months = begin.year * 12 + begin.month - 1 + _BRIDGE_MONTHS
                end = f"{months // 12:04d}-{months % 12 + 1:02d}-01"
                if row.get("valid_to") != end or begin.day != 1:
                    reason = (
                        f"valid_to of version {number} of {kpi_id} must be {end}: the next version begins on "
                        f"the first of a month ({begin}), and both run for {_BRIDGE_MONTHS} months"
                    )
                    yield SeedFault("seed_kpi_definitions.csv", line, reason)


def _reference_faults(seed: Seed, seeds: Mapping[str, Seed]) -> Iterator[SeedFault]:
    columns, target = _REFERENCES.get(seed.table, ((), ""))
    if target not in seeds:
        return
    known = {tuple(row.get(name) for name in columns) for _, row in seeds[target].lines}
    for line, row in seed.lines:
        key = tuple(row.get(name) for name in columns)
        if key not in known:
            named = " ".join(str(part) for part in key)
            yield SeedFault(
                seed.path.name, line, f"{', '.join(columns)}: {named} is not in {target}"
            )
