"""Calibration of reviewers, recomputed from ratings (`qa_agreement`, `qa_variance`).

Shares of agreement, Cohen's kappa, Krippendorff's alpha.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from tests.oracle.numbers.kpis import Cell, Facts, Value
from tests.oracle.numbers.statistics import month_of
from tests.oracle.numbers.tally import Scope, Tally, team_scope
from tests.oracle.people.time import source_of
from tests.oracle.quality.reviews import items_of, reviews_of
from tests.oracle.world.canonical_rows import Row
from tests.oracle.world.keys import UNOWNED, agent_of


def kappa(pairs: Sequence[tuple[bool, bool]]) -> float | None:
    """Cohen's kappa of pass/fail pairs; null when chance alone would agree always."""
    n = len(pairs)
    agreed = sum(1 for a, b in pairs if a == b) / n
    first, second = sum(a for a, _ in pairs) / n, sum(b for _, b in pairs) / n
    chance = first * second + (1 - first) * (1 - second)
    return None if abs(1 - chance) < 1e-12 else (agreed - chance) / (1 - chance)


def alpha(units: Iterable[Sequence[float]]) -> float | None:
    """Krippendorff's alpha with ordinal distances; units with one rating are out."""
    pairable = [unit for unit in units if len(unit) >= 2]
    sizes = Counter(rating for unit in pairable for rating in unit)
    values, n = sorted(sizes), sum(sizes.values())

    def distance(a: float, b: float) -> float:
        low, high = min(a, b), max(a, b)
        between = sum(sizes[v] for v in values if low <= v <= high)
        return float(between - (sizes[low] + sizes[high]) / 2) ** 2

    seen = sum(
        distance(a, b) / (len(unit) - 1)
        for unit in pairable
        for i, a in enumerate(unit)
        for j, b in enumerate(unit)
        if i != j
    )
    expected = sum(
        sizes[a] * (sizes[b] - (a == b)) * distance(a, b) for a in values for b in values
    )
    return None if not expected else 1 - seen * (n - 1) / expected


def _score(row: Row) -> float:
    return 0.0 if row["critical_fail"] else float(row["points_earned"] / row["points_possible"])


def calibration_values(facts: Facts) -> list[Value]:
    """`qa_variance` with bias, `qa_agreement` in its three variants."""
    sums, counted, items = Tally(facts), Tally(facts), items_of(facts)
    sessions: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in reviews_of(facts):
        is_done = row["status"] in ("submitted", "final")
        if row["review_type"] == "calibration" and is_done and row["calibration_session_id"]:
            sessions[row["source_system"], row["calibration_session_id"]].append(row)
    values: list[Value] = []
    pairs: dict[Cell, list[tuple[bool, bool]]] = defaultdict(list)
    rated: dict[tuple[date, str], dict[Any, list[float]]] = defaultdict(lambda: defaultdict(list))
    for session, rows in sessions.items():
        month = month_of(max(row["reviewed_at"] for row in rows), facts.zone)
        _compared(facts, sums, counted, month, rows)
        _rated(facts, items, month, session, rows, pairs, rated)
    for cell, found in pairs.items():
        agreed = sum(1 for a, b in found if a == b)
        values.append(Value(cell, "ratio", kappa(found), agreed, len(found), len(found)))
    by_month: dict[date, list[tuple[int, str, float | None]]] = defaultdict(list)
    for (month, scale), units in rated.items():
        n = sum(len(unit) for unit in units.values() if len(unit) >= 2)
        if n:
            by_month[month].append((-n, scale, alpha(units.values())))
    for month, scales in by_month.items():
        first = min(scales, key=lambda found: found[:2])
        for size, scale, value in scales:
            variants = [f"alpha:{scale}", *(["alpha"] if scale == first[1] else [])]
            for variant in variants:
                cell = Cell(month, "qa_agreement", "none", "none", variant, "company", "company")
                values.append(Value(cell, "ratio", value, None, None, -size))
    return values + sums.values() + counted.values(counted=True)


def _person(facts: Facts, row: Row) -> list[Scope]:
    source, reviewer = source_of(row), row["reviewer_id"]
    team = facts.world.home_team(source, reviewer, row["reviewed_at"])
    agent = agent_of(row["tenant_id"], source, reviewer) or UNOWNED
    return [team_scope(team), ("agent", agent)]


def _compared(facts: Facts, sums: Tally, counted: Tally, month: date, rows: list[Row]) -> None:
    for row in rows:
        for master in rows:
            is_pair = master["is_benchmark"] and not row["is_benchmark"]
            same = row["ticket_id"] == master["ticket_id"]
            if not is_pair or not same or row["reviewer_id"] == master["reviewer_id"]:
                continue
            gap = 100 * (_score(row) - _score(master))
            scopes: list[Scope] = [("company", "company"), *_person(facts, row)]
            sums.add("qa_variance", month, scopes, (round(abs(gap), 6), 1, 1))
            sums.add("qa_variance", month, scopes, (round(gap, 6), 1, 1), "bias")
            near = int(abs(gap) <= 5 + 1e-9)
            counted.add("qa_agreement", month, scopes, (near, 1, 1), "agreement_pct")


def _rated(
    facts: Facts,
    items: dict[tuple[str, str], list[Row]],
    month: date,
    session: tuple[str, str],
    rows: list[Row],
    pairs: dict[Cell, list[tuple[bool, bool]]],
    rated: dict[tuple[date, str], dict[Any, list[float]]],
) -> None:
    units: dict[tuple[str, str], list[tuple[Row, Row]]] = defaultdict(list)
    for row in rows:
        for item in items[row["source_system"], row["review_id"]]:
            if item["rating"] is not None:
                units[row["ticket_id"], item["criterion_id"]].append((row, item))
    for (ticket, criterion), found in units.items():
        masters = [pair for pair in found if pair[0]["is_benchmark"]]
        others = [pair for pair in found if not pair[0]["is_benchmark"]]
        for _, item in others:
            unit = (session, ticket, criterion)
            rated[month, item["rating_scale"]][unit].append(item["rating"])
        couples = [(a, b) for a in others for b in masters]
        if not masters and len(others) == 2:
            couples = [tuple(sorted(others, key=lambda pair: pair[0]["reviewer_id"]))]  # type: ignore[list-item]
        for (row, item), (other, second) in couples:
            same = row["reviewer_id"] == other["reviewer_id"]
            scales = {item["rating_scale"], second["rating_scale"]}
            if same or scales != {"pass_fail"}:
                continue
            scopes = {("company", "company"), *_person(facts, row)}
            if not other["is_benchmark"]:
                scopes |= set(_person(facts, other))
            for scope in scopes:
                for variant in ("kappa", f"kappa:{criterion}"):
                    cell = Cell(month, "qa_agreement", "none", "none", variant, *scope)
                    pairs[cell].append((item["rating"] > 0, second["rating"] > 0))
