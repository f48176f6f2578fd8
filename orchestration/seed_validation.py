"""Proves the seeds before anything is built: a wrong line is named by file, line and reason (architecture D12)."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ingestion.canonical import tables
from ingestion.errors import ConfigurationError
from ingestion.sheet_rules import REFERENCES
from ingestion.sources.landing.cells import Batch, Content
from ingestion.sources.landing.folder_settings import FolderSettings
from ingestion.sources.landing.limits import Limits
from ingestion.sources.landing.validation import FileCheck
from orchestration.settings import DBT_DIR

_PREFIX = "seed_"
_SHOWN = 5
_BRIDGE_MONTHS = 3
_VIEWS = ("named", "pseudonymous", "off")

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
    """Types, vocabulary, rules and required columns of the canonical contract, and duplicates of its key."""
    table = tables().get(seed.table)
    if table is None:
        yield from _period_faults(seed)
        yield from _view_faults(seed)
        yield from _duty_faults(seed)
        return
    columns = (*seed.columns, "source_system")
    rows = [{"source_system": "seed", **row} for _, row in seed.lines]
    batch = Batch(
        [line for line, _ in seed.lines],
        {name: [row.get(name) for row in rows] for name in columns},
    )
    check = FileCheck(table, seed.path.name, FolderSettings(), Limits())
    for refusal in check.run(Content(columns, iter([batch]))).refusals:
        # Line 0 is the file as a whole: a required column is missing in its header, which is line 1.
        yield SeedFault(
            seed.path.name, refusal.line or 1, f"{refusal.column or 'row'}: {refusal.reason}"
        )
    seen: dict[tuple[str | None, ...], int] = {}
    for line, row in seed.lines:
        key = tuple(row.get(name) for name in table.identity if name != "source_system")
        if key in seen:
            shown = ", ".join(f"{n} {row.get(n)}" for n in table.identity)
            yield SeedFault(seed.path.name, line, f"same key as line {seen[key]} ({shown})")
        seen.setdefault(key, line)


def _period_faults(seed: Seed) -> Iterator[SeedFault]:
    """``valid_from`` and ``valid_to`` are dates or instants, in that order, in seeds that are no canonical table."""
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
            reason = "valid_to is not after valid_from; correct one of them"
            yield SeedFault(seed.path.name, line, reason)


def _view_faults(seed: Seed) -> Iterator[SeedFault]:
    if seed.table != "agent_views":
        return
    for line, row in seed.lines:
        if row.get("agent_views") not in _VIEWS:
            reason = f"agent_views: {row.get('agent_views')!r} is not {', '.join(_VIEWS[:-1])} or {_VIEWS[-1]}"
            yield SeedFault(seed.path.name, line, reason)


def _duty_faults(seed: Seed) -> Iterator[SeedFault]:
    """Who answers for a KPI, by pattern or by name: words of the contract, nobody twice for one scope."""
    if seed.table != "kpi_duties":
        return
    columns = tables()["kpi_accountability"].columns
    seen: dict[tuple[str | None, ...], int] = {}
    for line, row in seed.lines:
        if (row.get("duties") is None) == (row.get("kpi_id") is None):
            reason = "a line is of a pattern (duties) or of one KPI (kpi_id): fill one of the two"
            yield SeedFault(seed.path.name, line, reason)
        scopes = (row.get("scope_types") or "").split("|")
        said = [("scope_types", "scope_type", scope) for scope in scopes]
        said += [(name, name, row.get(name) or "") for name in ("role", "kind")]
        for name, column, word in said:
            if word not in columns[column].allowed:
                known = ", ".join(columns[column].allowed)
                yield SeedFault(seed.path.name, line, f"{name}: {word!r} is none of {known}")
        for scope in scopes:
            names = ("tenant_id", "duties", "kpi_id", "role", "valid_from")
            key = (*(row.get(name) for name in names), scope)
            if key in seen:
                reason = f"{row.get('role')} stands for {scope} on line {seen[key]} already"
                yield SeedFault(seed.path.name, line, reason)
            seen.setdefault(key, line)


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
        for place, (version, line, row) in enumerate(found, start=1):
            if version != place:
                reason = f"version {version} of {kpi_id} stands where version {place} belongs"
                yield SeedFault("seed_kpi_definitions.csv", line, reason)
            elif place < len(found):
                begin = date.fromisoformat(str(found[place][2].get("valid_from"))[:10])
                months = begin.year * 12 + begin.month - 1 + _BRIDGE_MONTHS
                end = f"{months // 12:04d}-{months % 12 + 1:02d}-01"
                if row.get("valid_to") != end or begin.day != 1:
                    reason = (
                        f"valid_to of version {version} of {kpi_id} must be {end}: the next version begins on "
                        f"the first of a month ({begin}), and both run for {_BRIDGE_MONTHS} months"
                    )
                    yield SeedFault("seed_kpi_definitions.csv", line, reason)


def _reference_faults(seed: Seed, seeds: Mapping[str, Seed]) -> Iterator[SeedFault]:
    for columns, target in REFERENCES.get(seed.table, ()):
        if target not in seeds:
            continue
        known = {tuple(row.get(name) for name in columns) for _, row in seeds[target].lines}
        for line, row in seed.lines:
            key = tuple(row.get(name) for name in columns)
            if key[0] is not None and key not in known:
                named = " ".join(str(part) for part in key)
                yield SeedFault(
                    seed.path.name, line, f"{', '.join(columns)}: {named} is not in {target}"
                )
