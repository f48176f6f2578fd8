"""Daily checks of ``data_quality.check_results_daily`` that the models make themselves (checkpoint ``warehouse``).

One row per local day, source, check and table: a rate, its limit and whether it is kept. Checks of the gate are rows of
a run, not numbers of the catalogue, and are no business of this module.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

from tests.oracle.data.loads import NAMING_TABLES
from tests.oracle.data.source_lags import EVENT_TABLES
from tests.oracle.numbers.kpis import Facts
from tests.oracle.numbers.statistics import local_day
from tests.oracle.turns.obligations import Obligation
from tests.oracle.world.canonical_rows import DAY, SECOND, Row, vocabulary
from tests.oracle.world.policies import LAYERS
from tests.oracle.world.tickets import Ticket, qualifying_replies

KEYS = ("source_system", "date_day", "check_name", "table_name")
_AT_LEAST = {
    "policy_coverage_marketplace": 0.99,
    "policy_coverage_internal": 0.99,
    "time_precision_share_marketplace": 0.98,
    "time_precision_share_internal": 0.98,
    "attribution_coverage": 0.98,
    "sync_lag_within_15_min": 0.95,
    "load_completeness": 0.999,
}
_AT_MOST = {"clock_anomaly_rate": 0.001, "unmapped_rate": 0.0, "late_arrival_rate": 0.005}
_QUARTER = 15 * 60
Out = dict[str, Any]
Hit = tuple[str, date, str, str, int]
"""Source, day, check, table and whether the row is a hit."""


@cache
def check_days(facts: Facts) -> dict[tuple[Any, ...], Out]:
    """Every row of the tenant by ``KEYS``."""
    sums: dict[tuple[str, date, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for part in (_obligations(facts), _messages(facts), _loads(facts), _absent(facts)):
        for source, day, check, table, hit in part:
            row = sums[source, day, check, table]
            row[0] += hit
            row[1] += 1
    return {identity: _columns(identity[2], identity[3], *row) for identity, row in sums.items()}


def _columns(check: str, table: str, hits: int, rows: int) -> Out:
    value = hits / rows
    is_least = check in _AT_LEAST
    limit = _AT_LEAST[check] if is_least else _AT_MOST[check]
    is_kept = round(value, 6) >= limit if is_least else round(value, 6) <= limit
    return {
        "checkpoint": "warehouse",
        "suite": "daily_rates",
        "schema_name": "core" if table.startswith("fct_") else "canonical",
        "severity": "warning",
        "status": "passed" if is_kept else "failed",
        "value": value,
        "numerator": hits,
        "denominator": rows,
        "limit_value": limit,
        "limit_condition": "greater_or_equal" if is_least else "less_or_equal",
    }


def _obligations(facts: Facts) -> Iterator[Hit]:
    """Targets and clocks by the day a turn began, exact times by the day of the verdict."""
    table = "fct_response_obligations"
    for row in facts.obligations:
        source = row.root.row["source_system"]
        began = local_day(row.turn.started_at, facts.zone)
        if row.state != "excluded" or row.exclusion == "clock_anomaly":
            yield source, began, "clock_anomaly_rate", table, int(row.turn.is_anomaly)
        for layer in LAYERS:
            verdict = row.layers[layer]
            if needs_target(row, layer):
                hit = int(verdict.target is not None)
                yield source, began, f"policy_coverage_{layer}", table, hit
            if verdict.verdict in ("met", "breached") and verdict.verdict_at is not None:
                fell = local_day(verdict.verdict_at, facts.zone)
                hit = int(not row.is_time_uncertain)
                yield source, fell, f"time_precision_share_{layer}", table, hit


def needs_target(row: Obligation, layer: str) -> bool:
    """Waived and excluded turns need none; external rules exist for marketplace accounts only."""
    if row.state == "excluded":
        return False
    is_open = row.layers[layer].verdict in ("met", "breached", "pending", "no_target")
    has_account = row.scope.row["marketplace_account_id"] is not None
    return is_open and (layer != "marketplace" or has_account)


def _messages(facts: Facts) -> Iterator[Hit]:
    for ticket in facts.world.tickets.values():
        if facts.world.exclusion(ticket.root) is None:
            yield from _written(facts, ticket)


def _written(facts: Facts, ticket: Ticket) -> Iterator[Hit]:
    source, table = ticket.row["source_system"], "fct_messages"
    replies = {id(message) for message in qualifying_replies(ticket)}
    for message in ticket.messages:
        if message["is_duplicate"]:
            continue
        day = local_day(message["sent_at"], facts.zone)
        if id(message) in replies:
            hit = int(message["author_id"] is not None)
            yield source, day, "attribution_coverage", table, hit
        if message["direction"] == "inbound":
            seen = message["available_at"]
            lag = 0 if seen is None else (seen - message["sent_at"]) // SECOND
            yield source, day, "sync_lag_within_15_min", table, int(lag <= _QUARTER)


def _rows(facts: Facts, table: str) -> list[Row]:
    rows = facts.world.tables[table]
    return [r for r in rows if r["occurred_at"] is not None and r["occurred_at"] <= _now(facts)]


def _now(facts: Facts) -> int:
    return facts.world.as_of


def _loads(facts: Facts) -> Iterator[Hit]:
    """Values outside the vocabulary, facts that came late, facts that came at all."""
    for table in EVENT_TABLES:
        words, first = vocabulary(table), dict[str, int]()
        rows = _rows(facts, table)
        for row in rows:
            source = row["source_system"]
            first[source] = min(first.get(source, row["ingested_at"]), row["ingested_at"])
        for row in rows:
            source, day = row["source_system"], local_day(row["occurred_at"], facts.zone)
            is_foreign = any(
                row[name] is not None and row[name] not in allowed
                for name, allowed in words.items()
            )
            yield source, day, "unmapped_rate", table, int(is_foreign)
            yield source, day, "load_completeness", table, 1
            if row["ingested_at"] > first[source]:
                is_late = (row["ingested_at"] - row["occurred_at"]) // SECOND > DAY // SECOND
                yield source, day, "late_arrival_rate", table, int(is_late)


def _absent(facts: Facts) -> Iterator[Hit]:
    """Tickets that rows of a source name and nobody delivered, on the day of the first mention."""
    tickets = facts.world.tables["tickets"]
    there = {(row["source_system"], row["ticket_id"]) for row in tickets}
    found: dict[tuple[str, tuple[str, str]], int] = {}
    for table in NAMING_TABLES:
        for row in _rows(facts, table):
            named = (row.get("subject_system") or row["source_system"], row["ticket_id"])
            if named[1] is not None and named not in there:
                name, when = (row["source_system"], named), row["occurred_at"]
                found[name] = min(found.get(name, when), when)
    for (source, _), when in found.items():
        yield source, local_day(when, facts.zone), "load_completeness", "tickets", 0
