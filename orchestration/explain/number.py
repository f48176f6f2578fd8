"""Explains one KPI of one month: the number, its target, the rows it was added up from, and what was left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy

from ingestion.errors import ConfigurationError
from orchestration.csv_file import write_csv
from orchestration.explain.evidence import (
    ROW_COLUMNS,
    Makings,
    Model,
    find_makings,
    recomputed_parts,
)
from orchestration.explain.gathering import (
    PART,
    Gathered,
    Totals,
    gather,
    totals_of,
    uncounted_rows,
)
from orchestration.explain.left_out import left_out
from orchestration.explain.listing import listed_parts, listed_rows, look_up, published_rows
from orchestration.explain.question import (
    Question,
    UnknownNumberError,
    find_definition,
    find_scope_id,
    records,
    relation_columns,
)
from orchestration.explain.relations import Kind
from orchestration.figures import exact_duration
from orchestration.presenting.scopes import label_of, scope_names
from orchestration.settings import nothing_there
from orchestration.tenants import shown_tenants, tenants_of
from orchestration.warehouse import open_read_only


@dataclass
class Part:
    """One row of the mart: a statistic, clock, layer and variant of the KPI."""

    facts: dict[str, Any]
    rows: list[dict[str, Any]]
    kind: Kind
    factor: int = 1
    """What the ratio is per: 100 where the card counts per hundred."""
    is_companion: bool = False
    """A figure named in the card beside the KPI, under a variant of its own."""
    in_seconds: frozenset[str] = frozenset()
    """Which of numerator and denominator are seconds."""
    extras: dict[str, Any] = field(default_factory=dict)
    restatements: list[dict[str, Any]] = field(default_factory=list)
    uncounted: int = 0
    """Rows that exist of a number that cannot be measured: a part, which is not counted."""
    totals: Totals | None = None
    """What all rows come to where ``rows`` are the first of them, None = ``rows`` are all."""

    @property
    def count(self) -> int:
        """How many rows are behind the number."""
        return len(self.rows) if self.totals is None else self.totals.rows

    @property
    def agent_keys(self) -> set[str]:
        """Whose rows they are."""
        if self.totals is not None:
            return set(self.totals.agent_keys)
        return {row["agent_key"] for row in self.rows if row.get("agent_key")}

    @property
    def unit(self) -> str:
        """Unit of the value, a companion's its own, as the mart has it."""
        return str(self.facts["unit"])

    @property
    def found(self) -> dict[str, Decimal | None]:
        """Numerator, denominator and n added up from the rows."""
        if self.totals is not None:
            return self.totals.sums
        if self.kind is Kind.DURATIONS:
            return {
                "numerator": sum((Decimal(row["seconds"]) for row in self.rows), Decimal(0)),
                "denominator": Decimal(len(self.rows)),
                "n": Decimal(len(self.rows)),
            }
        return {name: _total(self.rows, name) for name in ("numerator", "denominator", "n")}

    @property
    def value_found(self) -> float | None:
        """The value computed anew from the rows; None without rows."""
        if self.kind is Kind.DURATIONS:
            seconds = self.totals.seconds if self.totals else [row["seconds"] for row in self.rows]
            return duration_value(self.facts["stat"], seconds)
        return self._value_of(self.found)

    def _value_of(self, found: dict[str, Decimal | None]) -> float | None:
        if self.facts["stat"] == "count" or not self.rows:
            return None if found["numerator"] is None else float(found["numerator"])
        if not found["denominator"]:
            return None
        return float(found["numerator"] or 0) / float(found["denominator"]) * self.factor

    @property
    def is_checked(self) -> bool:
        """Whether rows exist that must add up to the mart's number."""
        return self.kind in (Kind.COUNTS, Kind.DURATIONS) or self.is_whole_with_rows

    @property
    def is_whole_with_rows(self) -> bool:
        """Whether the value is computed as a whole from rows that are listed."""
        return self.kind is Kind.RECOMPUTED and bool(self.rows)

    @property
    def disagreements(self) -> list[str]:
        """How the rows differ from the mart, one text a figure; empty when they agree or nothing is to be compared."""
        if not self.is_checked:
            return []
        if self.is_whole_with_rows:
            # What no row carries does not add up (all orders of the company, the most points behind a limit).
            return [
                self._difference(name, found)
                for name, found in self.found.items()
                if found is not None and not _is_near(found, self.facts[name])
            ]
        sums = self.found
        different = [
            self._difference(name, found)
            for name, found in sums.items()
            if (found or 0) != (self.facts[name] or 0)
        ]
        # the sums of many rows are made once
        is_summed = self.kind is not Kind.DURATIONS
        value = self._value_of(sums) if is_summed else self.value_found
        stated = self.facts["value"]
        if abs((value or 0.0) - float(stated or 0)) > 1e-6 * max(1.0, abs(value or 0.0)):
            seen, told = (_figure(number, self.unit == "s") for number in (value, stated))
            different.append(f"value {seen} in the rows, {told} in the mart")
        return different

    def _difference(self, name: str, found: Any) -> str:
        seen, told = (
            _figure(number, name in self.in_seconds) for number in (found, self.facts[name])
        )
        return f"{name} {seen} in the rows, {told} in the mart"

    def owner_rules(self) -> dict[str, int]:
        """Rows by the rule that found their owner (catalogue §4 A2), most frequent first."""
        counts: dict[str, int] = {}
        for row in self.rows:
            if row.get("owner_rule"):
                counts[row["owner_rule"]] = counts.get(row["owner_rule"], 0) + 1
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


@dataclass
class Explanation:
    """Everything about one number."""

    question: Question
    scope_id: str
    definition: dict[str, Any]
    model: Model
    parts: list[Part]
    left_out: list[tuple[str, int]]
    scope_name: str = ""
    """What a team, channel, reason or macro is called."""

    @property
    def disagrees(self) -> bool:
        """Whether any part's rows do not add up to the mart."""
        return any(part.disagreements for part in self.parts)


def _total(rows: list[dict[str, Any]], name: str) -> Decimal | None:
    given = [row[name] for row in rows if row.get(name) is not None]
    return sum((Decimal(value) for value in given), Decimal(0)) if given else None


def _is_near(found: Decimal, stated: Any) -> bool:
    """Equal up to what is lost where a row carries a fraction: a 28th of a day's pace, a share of a booking."""
    return abs(float(found) - float(stated or 0)) <= 1e-6 * max(1.0, abs(float(found)))


def _figure(value: Any, is_seconds: bool) -> str:
    """A number to the digit in which two may differ."""
    if value is None:
        return "nothing"
    return exact_duration(float(value)) if is_seconds else f"{float(value):,.9g}"


def duration_value(stat: str, seconds: list[int]) -> float | None:
    """A statistic of durations as the catalogue means it: percentiles interpolate between the neighbours in rank."""
    if not seconds:
        return None
    if stat == "mean":
        return sum(seconds) / len(seconds)
    if stat in ("min", "max"):
        return float(min(seconds) if stat == "min" else max(seconds))
    share = {"median": 50, "p10": 10, "p90": 90, "p95": 95}[stat]
    return float(numpy.percentile(seconds, share))


def explain(
    warehouse: Path,
    question: Question,
    most: int | None = None,
    opened: Callable[[Path], AbstractContextManager[duckdb.DuckDBPyConnection]] = open_read_only,
) -> list[Explanation]:
    """Look a number up in the mart and find the rows behind it, for each tenant that has it.

    Args:
        warehouse: the file to read.
        question: which number.
        most: how many rows of each part are listed; all of them are added up in any case. None = all.
        opened: gives a reading connection to the file.

    Raises:
        UnknownNumberError: no such KPI, month, scope, layer or variant; the message lists what there is.
        ConfigurationError: no such tenant, no such file, or one that an earlier version made.
        WarehouseLockedError: a run is writing; try again when it has ended.
    """
    if not warehouse.exists():
        raise nothing_there(warehouse, is_published=False)
    with opened(warehouse) as connection:
        tenants = shown_tenants(tenants_of(connection), question.tenant_id)
        definition = find_definition(connection, question.kpi_id)
        with _of_this_version(warehouse):
            makings = find_makings(connection, definition)
        found, missing = [], []
        for tenant in tenants:
            asked = replace(question, tenant_id=tenant)
            try:
                with _of_this_version(warehouse):
                    found.append(_explained(connection, definition, makings, asked, most))
            except UnknownNumberError as error:
                missing.append(error)
        if not found:
            if len(missing) == 1:
                raise missing[0]
            # What there is, of all tenants together.
            _mart_rows(connection, question, find_scope_id(connection, question))
            raise UnknownNumberError(
                " ".join(str(error) for error in missing),
                [key for error in missing for key in error.agent_keys],
            )
    return found


@contextmanager
def _of_this_version(warehouse: Path) -> Iterator[None]:
    """Relations or columns that a look needs and the file lacks are told as what they are: of an earlier version."""
    try:
        yield
    except (duckdb.BinderException, duckdb.CatalogException) as error:
        raise ConfigurationError(
            f"{warehouse} was made by an earlier version of deskhouse and does not say which rows are behind "
            "its numbers: make it anew with deskhouse run."
        ) from error


def _explained(
    connection: duckdb.DuckDBPyConnection,
    definition: dict[str, Any],
    makings: Makings,
    question: Question,
    most: int | None,
) -> Explanation:
    scope_id = find_scope_id(connection, question)
    restatements = _restatements(connection, question, scope_id)
    numbers = _mart_rows(connection, question, scope_id)
    behind = _Behind(connection, gather(connection, makings, numbers[0], most), most)
    parts = [_part(behind, makings, definition, facts, restatements) for facts in numbers]
    look_up(connection, behind.listed)
    absent = _left_out(connection, makings, parts)
    names = scope_names(lambda query: records(connection, query, []))
    name = label_of(names, numbers[0]["tenant_id"], question.scope_type, scope_id)
    return Explanation(question, scope_id, definition, makings.model, parts, absent, name)


def _left_out(
    connection: duckdb.DuckDBPyConnection, makings: Makings, parts: list[Part]
) -> list[tuple[str, int]]:
    if makings.model.kind in (Kind.PUBLISHED, Kind.NONE):
        return []
    layers = sorted({part.facts["layer"] for part in parts} & {"marketplace", "internal"})
    has_durations = any(part.kind is Kind.DURATIONS for part in parts)
    facts = parts[0].facts
    return left_out(connection, makings.counted_facts, facts, layers, has_durations)


def _companions(definition: dict[str, Any]) -> list[str]:
    return [name for name in str(definition["companions"] or "").split("|") if name]


def _mart_rows(
    connection: duckdb.DuckDBPyConnection, question: Question, scope_id: str
) -> list[dict[str, Any]]:
    conditions = {
        "tenant_id": question.tenant_id,
        "kpi_id": question.kpi_id,
        "month": question.month,
        "scope_type": question.scope_type,
        "scope_id": scope_id,
        "layer": question.layer,
        "variant": question.variant,
    }
    given = {name: value for name, value in conditions.items() if value is not None}
    found = records(
        connection,
        f"""
        select numbers.*, agents.display_name as accountable_name
        from governance_review.kpi_monthly as numbers
        left join core.dim_agents as agents on numbers.accountable_person = agents.agent_key
        where {" and ".join(f"numbers.{name} = ?" for name in given)}
        order by
            numbers.tenant_id, numbers.layer, numbers.variant, numbers.is_governed desc, numbers.clock,
            numbers.stat, numbers.kpi_version desc
        """,
        list(given.values()),
    )
    if not found:
        raise _unknown(connection, question, scope_id)
    return found


def _unknown(
    connection: duckdb.DuckDBPyConnection, question: Question, scope_id: str
) -> UnknownNumberError:
    scopes, layers, variants, first, last = connection.execute(
        "select string_agg(distinct scope_type, ', ' order by scope_type), "
        "string_agg(distinct layer, ', ' order by layer), string_agg(distinct variant, ', ' order by variant), "
        "strftime(coalesce(min(month) filter (where scope_type = ?), min(month)), '%Y-%m'), "
        "strftime(max(month), '%Y-%m') from governance_review.kpi_monthly "
        "where kpi_id = ? and coalesce(?, tenant_id) = tenant_id",
        [question.scope_type, question.kpi_id, question.tenant_id],
    ).fetchall()[0]
    asked = "".join(
        f", {name} {value}"
        for name, value in (("layer", question.layer), ("variant", question.variant))
        if value
    )
    where = question.scope_type + ("" if scope_id == question.scope_type else f" {scope_id}")
    said = f"{question.kpi_id} has no row for {question.month:%Y-%m} and {where}{asked}; "
    if not scopes:
        said += "it has no row at all yet."
    else:
        said += f"it has the months {first} to {last}"
        if first <= f"{question.month:%Y-%m}" <= last:
            # The month is not what is wrong.
            said += f", the scopes {scopes}" + "".join(
                f", no {name}" if known == "none" else f", the {name} {known}"
                for name, known, given in (
                    ("layers", layers, question.layer),
                    ("variants", variants, question.variant),
                )
                if known != "none" or given
            )
        said += "."
    return UnknownNumberError(
        said,
        [scope_id] if question.scope_type == "agent" else [],
    )


class _Behind:
    """Rows and totals of the parts of one number; statistics of the same rows read them once."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        gathered: Mapping[Kind, Gathered],
        most: int | None,
    ) -> None:
        self.connection = connection
        self.gathered = gathered
        self._most = most
        self._read: dict[tuple[Any, ...], tuple[list[dict[str, Any]], Totals | None]] = {}
        self._parts: dict[Kind, dict[tuple[Any, ...], list[dict[str, Any]]]] = {}
        self.listed: list[tuple[str | None, list[dict[str, Any]]]] = []
        """What was read, each list with the layer of its part."""

    def read(self, kind: Kind, facts: dict[str, Any]) -> tuple[list[dict[str, Any]], Totals | None]:
        """The rows of a kind behind one row of the mart, and what all come to where not all are listed."""
        gathered = self.gathered[kind]
        names = ["tenant_id", "month", "clock", "layer", "variant", "scope_type", "scope_id"]
        names += [] if kind is Kind.DURATIONS else ["stat", "computed_in"]
        key = (kind, *(facts.get(name) for name in names))
        if key not in self._read:
            scope = (facts["scope_type"], facts["scope_id"])
            if kind is Kind.DURATIONS:
                rows = listed_rows(self.connection, gathered.rows, facts, *scope, self._most)
            else:
                rows = self._rows_of(kind, facts)
            is_cut = self._most is not None and len(rows) == self._most
            totals = totals_of(self.connection, gathered, facts) if is_cut else None
            self._read[key] = rows, totals
            self.listed.append((facts["layer"], rows))
        return self._read[key]

    def _rows_of(self, kind: Kind, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
        if kind not in self._parts:
            gathered = self.gathered[kind]
            self._parts[kind] = listed_parts(self.connection, kind, gathered, facts["kpi_id"])
        return self._parts[kind].get(tuple(facts[name] for name in PART[kind]), [])


def _part(
    behind: _Behind,
    makings: Makings,
    definition: dict[str, Any],
    facts: dict[str, Any],
    restatements: list[dict[str, Any]],
) -> Part:
    connection = behind.connection
    rows: list[dict[str, Any]] = []
    totals: Totals | None = None
    extras: dict[str, Any] = {}
    is_grey, uncounted = facts["status"] == "grey_not_measurable", 0
    kind = makings.kind_of(facts)
    model = makings.model
    if kind in (Kind.COUNTS, Kind.DURATIONS):
        rows, totals = behind.read(kind, facts)
    elif kind is Kind.PUBLISHED and model.kind is Kind.PUBLISHED:
        rows = published_rows(connection, model, facts)
    elif whole := makings.whole_model(facts):
        extras = recomputed_parts(connection, facts)
        rows, totals = behind.read(Kind.RECOMPUTED, {**facts, "computed_in": whole})
        if is_grey:
            uncounted = len(rows) if totals is None else totals.rows
            rows, totals, extras = [], None, {}
    own = [row for row in restatements if _is_about(row, facts)]
    is_companion = facts["variant"] in _companions(definition)
    in_seconds = seconds_in(definition, facts, kind)
    factor = factor_of(definition, facts)
    part = Part(facts, rows, kind, factor, is_companion, in_seconds, extras, own, totals=totals)
    if is_grey:
        part.uncounted = uncounted + uncounted_rows(connection, behind.gathered, facts)
    return part


def seconds_in(definition: dict[str, Any], facts: dict[str, Any], kind: Kind) -> frozenset[str]:
    """Which of numerator and denominator are seconds, told by the card's words.

    A companion that is another kind of number than its KPI, such as a share beside a duration, has parts of its own.
    """
    if kind is Kind.DURATIONS:
        return frozenset({"numerator"})
    is_other = facts["variant"] in _companions(definition) and facts["unit"] != definition["unit"]
    if is_other:
        return frozenset({"numerator"} if facts["unit"] == "s" else ())
    return frozenset(
        name
        for name in ("numerator", "denominator")
        if "seconds" in str(definition[f"{name}_meaning"] or "")
    )


def factor_of(definition: dict[str, Any], facts: dict[str, Any]) -> int:
    """What a ratio is multiplied by: KPIs per 100 by a hundred, their companions are plain shares."""
    is_per_100 = definition["unit"] == "per 100" and facts["stat"] == "ratio"
    return 100 if is_per_100 and facts["variant"] not in _companions(definition) else 1


def _restatements(
    connection: duckdb.DuckDBPyConnection, question: Question, scope_id: str
) -> list[dict[str, Any]]:
    """What became known after the month was presented, oldest first; none before the first close."""
    if not relation_columns(connection, "governance_review", "restatements"):
        return []
    return records(
        connection,
        "select * from governance_review.restatements "
        "where kpi_id = ? and month = ? and scope_type = ? and scope_id = ? order by detected_at",
        [question.kpi_id, question.month, question.scope_type, scope_id],
    )


def _is_about(restatement: dict[str, Any], facts: dict[str, Any]) -> bool:
    names = ("tenant_id", "stat", "clock", "layer", "variant")
    return all(name not in restatement or restatement[name] == facts[name] for name in names)


def write_rows(explanations: list[Explanation], path: Path) -> int:
    """All rows behind the numbers, one line per row and part; returns how many lines were written."""
    keys = ("tenant_id", "stat", "clock", "layer", "variant")
    parts = [part for explanation in explanations for part in explanation.parts]
    lines = (
        [*(part.facts[name] for name in keys), *(row.get(name) for name in ROW_COLUMNS)]
        for part in parts
        for row in part.rows
    )
    return write_csv(path, [[*keys, *ROW_COLUMNS]], lines)
