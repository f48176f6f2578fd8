"""The three borders: raw (after load), marts (after build), publication (before readers see it)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from expectations.batches import Checkpoint, Circumstances, Suite
from expectations.context import Gate, gate_on
from expectations.results import CheckResult, Severity
from expectations.suites import SUITES

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult

_EXAMPLES = 5
_BOUNDS = ("min_value", "max_value", "value", "value_set", "mostly")


def suites_of(checkpoint: Checkpoint) -> tuple[Suite, ...]:
    """The suites of one border."""
    return tuple(suite for suite in SUITES if suite.checkpoint == checkpoint)


def run_checkpoint(
    checkpoint: Checkpoint,
    file: Path,
    circumstances: Circumstances,
    suites: Sequence[Suite] | None = None,
) -> list[CheckResult]:
    """Evaluate every suite of a border on a database file, read-only.

    Args:
        checkpoint: the border.
        file: warehouse, or the staged publication.
        circumstances: instant of the data and what readers see now.
        suites: only these (default: all of the border).

    Returns:
        One result per expectation; a missing table gives one critical result for its suite.
    """
    wanted = suites_of(checkpoint) if suites is None else suites
    results: list[CheckResult] = []
    ready: list[tuple[Suite, str]] = []
    with duckdb.connect(str(file), read_only=True) as connection:
        present = {
            f"{schema}.{table}"
            for schema, table in connection.execute(
                "select table_schema, table_name from information_schema.tables"
            ).fetchall()
        }
        for suite in wanted:
            missing = [table for table in suite.tables if table not in present]
            if missing:
                results.append(_missing(suite, missing))
            else:
                ready.append((suite, suite.query(connection, circumstances)))
    if ready:
        with gate_on(file) as gate:
            for suite, query in ready:
                results.extend(_run(gate, suite, query))
    return results


def _missing(suite: Suite, missing: list[str]) -> CheckResult:
    return CheckResult(
        checkpoint=suite.checkpoint,
        suite=suite.name,
        check_name="tables_exist",
        schema=suite.schema,
        table=suite.table,
        severity="critical",
        passed=False,
        observed=f"missing: {', '.join(missing)}",
        expected="present",
        failed_rows=None,
        owner="data_owner",
        why="A check that finds nothing to look at has proved nothing.",
        action="build the whole project (deskhouse run) and see which model failed",
    )


def _run(gate: Gate, suite: Suite, query: str) -> list[CheckResult]:
    import great_expectations as gx

    batch = gate.batch(suite.name, query)
    expected = gate.context.suites.add(suite.expectations())
    definition = gate.context.validation_definitions.add(
        gx.ValidationDefinition(name=suite.name, data=batch, suite=expected)
    )
    outcome = definition.run(
        result_format={
            "result_format": "COMPLETE",
            "unexpected_index_column_names": [suite.label],
            "partial_unexpected_count": _EXAMPLES,
        }
    )
    results = [_plain(suite, result) for result in outcome.results]
    return sorted(results, key=lambda result: result.check_name)


def _plain(suite: Suite, result: ExpectationValidationResult) -> CheckResult:
    config = result.expectation_config
    if config is None or config.meta is None:
        raise ValueError(f"an expectation of {suite.name} carries no meta")
    broken = _exception_text(result.exception_info)
    found: dict[str, Any] = dict(result.result or {})
    severity: Severity = (
        "critical" if str(config.severity).lower().endswith("critical") else "warning"
    )
    return CheckResult(
        checkpoint=suite.checkpoint,
        suite=suite.name,
        check_name=config.meta["name"],
        schema=suite.schema,
        table=suite.table,
        severity="critical" if broken else severity,
        passed=bool(result.success) and not broken,
        observed=broken or _observed(found),
        expected=", ".join(
            f"{name} {config.kwargs[name]}"
            for name in _BOUNDS
            if config.kwargs.get(name) is not None
        ),
        failed_rows=found.get("unexpected_count"),
        owner=config.meta["owner"],
        why=config.meta["why"],
        action=config.meta["action"],
        examples=_examples(suite, config.kwargs.get("column"), found),
    )


def _exception_text(info: dict[str, Any] | None) -> str | None:
    """A check that could not be evaluated has not passed; its exception is the finding."""
    if not info:
        return None
    entries = [info] if "raised_exception" in info else list(info.values())
    for entry in entries:
        if isinstance(entry, dict) and entry.get("raised_exception"):
            return f"could not be evaluated: {entry.get('exception_message')}"
    return None


def _observed(found: dict[str, Any]) -> str | None:
    if "observed_value" in found:
        return str(found["observed_value"])
    values = found.get("partial_unexpected_list") or []
    return ", ".join(_short(value) for value in values[:_EXAMPLES]) or None


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _examples(suite: Suite, column: str | None, found: dict[str, Any]) -> tuple[str, ...]:
    rows = found.get("unexpected_index_list") or []
    return tuple(
        f"{row.get(suite.label)} ({column} {_short(row.get(column))})"
        for row in rows[:_EXAMPLES]
        if isinstance(row, dict)
    )
