"""Explains one KPI of one month: the number, its target, the rows it was added up from, and what was left out."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy

from orchestration.explain.evidence import (
    DURATION_STATS,
    ROW_COLUMNS,
    Kind,
    Model,
    find_model,
    observed_rows,
    published_rows,
    recomputed_parts,
)
from orchestration.explain.left_out import fact_of, left_out
from orchestration.explain.question import (
    Question,
    UnknownNumberError,
    find_definition,
    find_scope_id,
    records,
    relation_columns,
)
from orchestration.warehouse import open_read_only

_OBSERVED = {
    Kind.COUNTS: "int_kpi_counts_observed",
    Kind.DURATIONS: "int_kpi_durations_observed",
}


@dataclass
class Part:
    """One row of the mart: a statistic, clock, layer and variant of the KPI."""

    facts: dict[str, Any]
    rows: list[dict[str, Any]]
    kind: Kind
    extras: dict[str, Any] = field(default_factory=dict)
    restatements: list[dict[str, Any]] = field(default_factory=list)

    @property
    def found(self) -> dict[str, Decimal | None]:
        """Numerator, denominator and n added up from the rows."""
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
            return duration_value(self.facts["stat"], [row["seconds"] for row in self.rows])
        found = self.found
        if self.facts["stat"] == "count" or not self.rows:
            return None if found["numerator"] is None else float(found["numerator"])
        if not found["denominator"]:
            return None
        return float(found["numerator"] or 0) / float(found["denominator"])

    @property
    def is_checked(self) -> bool:
        """Whether rows exist that must add up to the mart's number."""
        return self.kind in (Kind.COUNTS, Kind.DURATIONS)

    @property
    def disagreements(self) -> list[str]:
        """How the rows differ from the mart, one text a figure; empty when they agree or nothing is to be compared."""
        if not self.is_checked:
            return []
        different = [
            f"{name} {_plain(found)} in the rows, {_plain(self.facts[name])} in the mart"
            for name, found in self.found.items()
            if (found or 0) != (self.facts[name] or 0)
        ]
        value, stated = self.value_found, self.facts["value"]
        if abs((value or 0.0) - float(stated or 0)) > 1e-6 * max(1.0, abs(value or 0.0)):
            different.append(f"value {value} in the rows, {_plain(stated)} in the mart")
        return different

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

    @property
    def disagrees(self) -> bool:
        """Whether any part's rows do not add up to the mart."""
        return any(part.disagreements for part in self.parts)


def _total(rows: list[dict[str, Any]], name: str) -> Decimal | None:
    given = [row[name] for row in rows if row.get(name) is not None]
    return sum((Decimal(value) for value in given), Decimal(0)) if given else None


def _plain(value: Any) -> str:
    return "nothing" if value is None else f"{float(value):,.9g}"


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


def explain(warehouse: Path, question: Question) -> Explanation:
    """Look a number up in the mart and find the rows behind it.

    Raises:
        UnknownNumberError: no such KPI, month, scope, layer or variant; the message lists what there is.
        WarehouseLockedError: a run is writing; try again when it has ended.
    """
    if not warehouse.exists():
        raise UnknownNumberError(f"{warehouse} does not exist yet: run deskhouse run first.")
    with open_read_only(warehouse) as connection:
        definition = find_definition(connection, question.kpi_id)
        scope_id = find_scope_id(connection, question)
        model = find_model(connection, definition["computed_in"])
        restatements = _restatements(connection, question, scope_id)
        parts = [
            _part(connection, model, facts, restatements)
            for facts in _mart_rows(connection, question, scope_id)
        ]
        layers = sorted({part.facts["layer"] for part in parts} & {"marketplace", "internal"})
        rows_model = _model_of_rows(connection, model)
        name = rows_model.name if rows_model else None
        fact = fact_of(connection, name, question.kpi_id) if name else None
        is_ours = model.kind in (Kind.COUNTS, Kind.DURATIONS, Kind.RECOMPUTED)
        has_durations = any(part.kind is Kind.DURATIONS for part in parts)
        absent = (
            left_out(connection, fact, name, parts[0].facts, layers, has_durations)
            if is_ours
            else []
        )
    return Explanation(question, scope_id, definition, model, parts, absent)


def _model_of_rows(connection: duckdb.DuckDBPyConnection, model: Model) -> Model | None:
    """The model itself where it holds observations; the rows beside a recomputed model where it has some."""
    if model.kind in (Kind.COUNTS, Kind.DURATIONS):
        return model
    columns = relation_columns(connection, "intermediate", f"{model.name}_rows")
    return Model(f"{model.name}_rows", Kind.RECOMPUTED, columns) if columns else None


def _mart_rows(
    connection: duckdb.DuckDBPyConnection, question: Question, scope_id: str
) -> list[dict[str, Any]]:
    conditions = {
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
        select * from governance_review.kpi_monthly
        where {" and ".join(f"{name} = ?" for name in given)}
        order by tenant_id, layer, variant, is_governed desc, clock, stat, kpi_version desc
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
        "min(month), max(month) from governance_review.kpi_monthly where kpi_id = ?",
        [question.kpi_id],
    ).fetchall()[0]
    asked = "".join(
        f", {name} {value}"
        for name, value in (("layer", question.layer), ("variant", question.variant))
        if value
    )
    where = question.scope_type + ("" if scope_id == question.scope_type else f" {scope_id}")
    return UnknownNumberError(
        f"{question.kpi_id} has no row for {question.month:%Y-%m} and {where}{asked}; it has the scopes "
        f"{scopes} from {first} to {last}, layers {layers}, variants {variants}."
    )


def _part(
    connection: duckdb.DuckDBPyConnection,
    model: Model,
    facts: dict[str, Any],
    restatements: list[dict[str, Any]],
) -> Part:
    rows: list[dict[str, Any]] = []
    extras: dict[str, Any] = {}
    kind = model.kind
    scope = (facts["scope_type"], facts["scope_id"])
    if facts["status"] == "grey_not_measurable":
        # What exists of such a KPI was not counted: a part of its inputs is missing.
        kind = Kind.NONE
    elif kind in (Kind.COUNTS, Kind.DURATIONS):
        used = _suitable(connection, model, facts["stat"])
        kind = used.kind
        rows = observed_rows(connection, used, facts, *scope)
    elif kind is Kind.PUBLISHED:
        rows = published_rows(connection, model, facts)
    elif kind is Kind.RECOMPUTED:
        extras = recomputed_parts(connection, model, facts)
        behind = _model_of_rows(connection, model)
        rows = observed_rows(connection, behind, facts, *scope) if behind else []
    own = [row for row in restatements if _is_about(row, facts)]
    return Part(facts, rows, kind, extras, own)


def _suitable(connection: duckdb.DuckDBPyConnection, model: Model, stat: str) -> Model:
    """A KPI named in one model may have a statistic of the other kind: then the union of all observations has it."""
    if model.kind is Kind.DURATIONS and stat not in DURATION_STATS:
        return find_model(connection, _OBSERVED[Kind.COUNTS])
    if model.kind is Kind.COUNTS and stat in ("median", "p10", "p90", "p95", "min", "max"):
        return find_model(connection, _OBSERVED[Kind.DURATIONS])
    return model


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


def write_csv(explanation: Explanation, path: Path) -> int:
    """All rows behind the number, one line per row and part; returns how many lines were written."""
    keys = ("tenant_id", "stat", "clock", "layer", "variant")
    lines = 0
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow([*keys, *ROW_COLUMNS])
        for part in explanation.parts:
            key = [part.facts[name] for name in keys]
            for row in part.rows:
                writer.writerow([*key, *(row.get(name) for name in ROW_COLUMNS)])
                lines += 1
    return lines
