"""What two helpdesks answer for one seller, KPI by KPI: the table of ``docs/reference/sources.md``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import duckdb

Verdict = Literal["equal", "itself", "grey", "neither", "differs"]
Key = tuple[str, str, str, str]
"""Statistic, clock, layer, variant."""

_GREY = "grey_not_measurable"
_OF_THE_LOG = "audit_completeness"
"""Speaks of the log that a source keeps, like the KPIs of group G of what it delivers."""
_SAID: dict[Verdict, str] = {
    "equal": "the same",
    "itself": "about the source itself: its own records, its own precision",
    "differs": "another number",
}
_ROWS = """
select kpi_id, stat, clock, layer, variant, value, numerator, denominator, n, value_text, status, status_reason
from governance_review.kpi_monthly
where tenant_id = ? and month = ? and scope_type = 'company'
"""
_DEFINITIONS = """
select distinct kpi_id, name, kpi_group from governance_review.kpi_definitions order by kpi_group, kpi_id
"""
_CAPABILITIES = """
select capability, level, note from canonical.source_capabilities
where tenant_id = ? and source_system = ? order by capability
"""


@dataclass(frozen=True)
class Side:
    """One helpdesk: the tenant that is seen through it, its source system, and its name for people."""

    tenant_id: str
    system: str
    name: str


@dataclass(frozen=True)
class Answer:
    """What the second helpdesk says about a KPI, set against the first.

    ``reason`` is what is missing (``grey``, ``neither``), of other verdicts what is missing of a variant or clock;
    ``differing`` are the keys with another number.
    """

    kpi_id: str
    name: str
    verdict: Verdict
    reason: str = ""
    differing: tuple[Key, ...] = ()
    compared: int = 0

    @property
    def words(self) -> str:
        """The verdict as the table says it."""
        said = _SAID.get(self.verdict)
        missing = f"not measurable: {self.reason}"
        return "; ".join([said, missing] if said and self.reason else [said or missing])


@dataclass(frozen=True)
class _Row:
    numbers: tuple[Decimal | int | str | None, ...]
    status: str
    reason: str


def answers(
    connection: duckdb.DuckDBPyConnection, month: date, first: Side, second: Side
) -> list[Answer]:
    """Every KPI of the registry for the company in a month.

    Args:
        connection: on a built warehouse or a published file.
        month: its first day.
        first: the helpdesk that is the measure.
        second: the helpdesk that is asked about.
    """
    one, other = (_rows(connection, side.tenant_id, month) for side in (first, second))
    definitions = connection.execute(_DEFINITIONS).fetchall()
    return [
        _answer(kpi_id, name, group, one.get(kpi_id, {}), other.get(kpi_id, {}))
        for kpi_id, name, group in definitions
    ]


def _rows(
    connection: duckdb.DuckDBPyConnection, tenant_id: str, month: date
) -> dict[str, dict[Key, _Row]]:
    found: dict[str, dict[Key, _Row]] = {}
    for kpi_id, stat, clock, layer, variant, *numbers in connection.execute(
        _ROWS, [tenant_id, month]
    ).fetchall():
        *measured, status, reason = numbers
        row = _Row(tuple(measured), status, reason or "")
        found.setdefault(kpi_id, {})[stat, clock, layer, variant] = row
    return found


def _answer(
    kpi_id: str, name: str, group: str, one: dict[Key, _Row], other: dict[Key, _Row]
) -> Answer:
    missing_here, missing_there = _missing(one), _missing(other)
    if missing_here and missing_there:
        return Answer(kpi_id, name, "neither", missing_there)
    if missing_there:
        return Answer(kpi_id, name, "grey", missing_there)
    grey = {_part(key): row.reason for key, row in other.items() if row.status == _GREY}
    # a variant that cannot be measured is grey on its governed clock and has no row on the other
    untold = {variant for _, variant in grey}
    keys = [
        key
        for key in sorted({*one, *other})
        if _part(key) not in grey and (key in other or key[3] not in untold)
    ]
    differing = tuple(key for key in keys if _numbers(one, key) != _numbers(other, key))
    verdict: Verdict = "equal"
    if differing and (group == "G" or kpi_id == _OF_THE_LOG):
        verdict = "itself"
    elif differing:
        verdict = "differs"
    missing = {
        _part(key): row.reason
        for key, row in other.items()
        if row.status == _GREY and key in one and one[key].status != _GREY
    }
    parts = ", ".join(f"{_named(*part)} ({reason})" for part, reason in sorted(missing.items()))
    return Answer(kpi_id, name, verdict, parts, differing, len(keys))


def _part(key: Key) -> tuple[str, str]:
    """Clock and variant: what can be missing of a KPI while the rest is there."""
    return key[1], key[3]


def _named(clock: str, variant: str) -> str:
    words = [
        *([variant] if variant != "none" else []),
        *([f"{clock} clock"] if clock != "none" else []),
    ]
    return " on the ".join(words)


def _missing(rows: dict[Key, _Row]) -> str:
    """Why a KPI as a whole cannot be measured; empty where at least one of its numbers can."""
    reasons = [row.reason for row in rows.values() if row.status == _GREY]
    return min(reasons) if reasons and all(row.status == _GREY for row in rows.values()) else ""


def _numbers(rows: dict[Key, _Row], key: Key) -> tuple[Any, ...]:
    row = rows.get(key)
    return row.numbers if row is not None else ()


def page(
    connection: duckdb.DuckDBPyConnection,
    found: Sequence[Answer],
    first: Side,
    second: Side,
    share: float,
    left_out: Iterable[str],
) -> str:
    """The page as Markdown.

    Args:
        connection: where the answers come from.
        found: all answers.
        first: the helpdesk that is the measure.
        second: the helpdesk that is asked about.
        share: part of the seller's tickets that both interfaces can tell.
        left_out: stories that one of them has no words for.
    """
    return "\n".join(
        [
            *_head(found, first, second, share, left_out),
            "## Capabilities",
            "",
            f"| capability | {first.name} | {second.name} | what {second.name} tells |",
            "|---|---|---|---|",
            *_capability_lines(connection, first, second),
            "",
            "## KPI by KPI",
            "",
            f"| KPI | name | through {second.name} |",
            "|---|---|---|",
            *(_line(one, one.words) for one in found if one.verdict != "neither"),
            "",
            "## What no helpdesk answers alone",
            "",
            "| KPI | name | missing |",
            "|---|---|---|",
            *(_line(one, one.reason) for one in found if one.verdict == "neither"),
            "",
        ]
    )


def _line(answer: Answer, said: str) -> str:
    return f"| `{answer.kpi_id}` | {answer.name} | {said} |"


def _head(
    found: Sequence[Answer], first: Side, second: Side, share: float, left_out: Iterable[str]
) -> list[str]:
    counted = Counter(one.verdict for one in found)
    return [
        "# What each source can answer",
        "",
        f"The same simulated seller, once through {first.name}, once through {second.name}, at the same instant after"
        f" one load, for the company in a whole month. {counted['equal']} KPIs are the same"
        f" numbers, {counted['itself']} speak of the source itself, {counted['grey']} cannot be measured through"
        f" {second.name} and name what is missing; {counted['neither']} need other sources than a helpdesk"
        " (marketplaces, time, money, reviews).",
        "",
        f"Compared are the {share:.0%} of tickets that both interfaces can tell; {second.name} has no words for"
        f" {', '.join(left_out)}.",
        "",
        "This page is written by `python -m tests.e2e.two_helpdesks`; a test fails where it is behind.",
        "",
    ]


def _capability_lines(
    connection: duckdb.DuckDBPyConnection, first: Side, second: Side
) -> Iterable[str]:
    one, other = (
        {
            capability: (level, note)
            for capability, level, note in connection.execute(
                _CAPABILITIES, [side.tenant_id, side.system]
            ).fetchall()
        }
        for side in (first, second)
    )
    for capability in sorted({*one, *other}):
        here, there = one.get(capability, ("–", "")), other.get(capability, ("–", ""))
        yield f"| `{capability}` | {here[0]} | {there[0]} | {there[1] or ''} |"
