"""What a line of a rule sheet must hold beyond the types of its columns; seeds and landing sheets pass the same rules.

A line names its own faults (`row_faults`), what it refers to must be in force (`REFERENCES`). Reasons name the remedy
and never quote the line.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ingestion.canonical import Table, tables

Row = Mapping[str, Any]
Fault = tuple[str, str]
"""Column and reason."""

CONDITION_KEYS = (
    "platform",
    "channel_id",
    "channel_class",
    "marketplace_account_id",
    "team_id",
    "priority",
    "customer_type",
    "reason_tag_id",
    "language",
)
"""What a policy may ask of a ticket (architecture, "Policy conditions")."""
_CONDITION_WORDS = {
    "platform": ("channels", "platform"),
    "channel_class": ("channels", "channel_class"),
    "priority": ("tickets", "priority"),
    "customer_type": ("customers", "customer_type"),
}
_SPANS = (
    ("valid_from", "valid_to"),
    ("starts_at", "ends_at"),
    ("interval_start", "interval_end"),
    ("started_at", "ended_at"),
    ("hired_on", "left_on"),
)
_MAY_BE_EMPTY = {"started_at", "hired_on"}
"""A session may take no time and somebody may leave on the day of coming; a period of validity may not be empty."""

REFERENCES: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]] = {
    "sla_targets": (
        (("policy_id", "version"), "sla_policies"),
        (("calendar_id",), "business_calendars"),
    ),
    "calendar_hours": ((("calendar_id",), "business_calendars"),),
    "calendar_exceptions": ((("calendar_id",), "business_calendars"),),
    "fixes": ((("map_id",), "root_cause_map"),),
    "kpi_targets": ((("kpi_id",), "kpi_definitions"),),
    "kpi_accountability": ((("kpi_id",), "kpi_definitions"),),
    "kpi_duties": ((("kpi_id",), "kpi_definitions"), (("duties",), "kpi_definitions")),
    "kpi_definitions": ((("duties",), "kpi_duties"),),
    "kpi_variant_units": ((("kpi_id",), "kpi_definitions"),),
}
"""Columns of a rule whose values must occur in another one."""


def row_faults(table: str, row: Row) -> list[Fault]:
    """Faults of one typed row; cells that were refused or are empty are null and say nothing here."""
    rule = _RULES.get(table)
    return [*_span_faults(row), *(rule(row) if rule else ())]


def has_rules(table: Table) -> bool:
    """Whether a row of the table can have faults beyond its cells."""
    return table.name in _RULES or any({start, end} <= set(table.columns) for start, end in _SPANS)


def _span_faults(row: Row) -> list[Fault]:
    faults = []
    for start, end in _SPANS:
        begins, ends = row.get(start), row.get(end)
        if begins is None or ends is None:
            continue
        begins, ends = _comparable(begins, ends)
        if ends < begins or (ends == begins and start not in _MAY_BE_EMPTY):
            faults.append((end, f"{end} is not after {start}; correct one of them"))
    return faults


def _comparable(one: Any, other: Any) -> tuple[Any, Any]:
    if isinstance(one, datetime) == isinstance(other, datetime):
        return one, other
    return tuple(x.date() if isinstance(x, datetime) else x for x in (one, other))  # type: ignore[return-value]


def _policy(row: Row) -> list[Fault]:
    if row["conditions"] is None:
        return []
    return [("conditions", reason) for reason in condition_faults(json.loads(row["conditions"]))]


def condition_faults(conditions: Any) -> list[str]:
    """What is wrong with a policy's conditions: unknown keys, values that are no list of texts, unknown words."""
    if not isinstance(conditions, Mapping):
        return [
            'the conditions must be an object such as {"platform": ["amazon"]}; {} matches every ticket'
        ]
    faults = []
    for key, values in conditions.items():
        if key not in CONDITION_KEYS:
            faults.append(
                f"a condition has an unknown key{_meant(key, CONDITION_KEYS)}; known are {', '.join(CONDITION_KEYS)}"
            )
        elif (
            not isinstance(values, list)
            or not values
            or not all(isinstance(v, str) and v for v in values)
        ):
            faults.append(f'condition {key} needs a list of texts, such as {{"{key}": ["a", "b"]}}')
        elif key in _CONDITION_WORDS:
            table, column = _CONDITION_WORDS[key]
            allowed = tables()[table].columns[column].allowed
            faults += [
                f"condition {key} has a value that is not one of {', '.join(allowed)}{_meant(value, allowed)}"
                for value in values
                if value not in allowed
            ]
    return faults


def _meant(text: str, allowed: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(str(text).lower(), allowed, 1, 0.6)
    return f" (did you mean {near[0]}?)" if near else ""


def _target(row: Row) -> list[Fault]:
    faults = []
    seconds, days = row["target_seconds"], row["target_business_days"]
    if (seconds is None) == (days is None):
        reason = "exactly one of target_seconds and target_business_days must be set"
        faults.append(("target_seconds", reason))
    for name, value in (("target_seconds", seconds), ("target_business_days", days)):
        if value is not None and value <= 0:
            faults.append((name, f"{name} must be more than 0"))
    is_one = (seconds is None) != (days is None)
    if (
        is_one
        and row["clock"] is not None
        and (row["clock"] == "business_days") != (days is not None)
    ):
        reason = (
            "business_days goes with target_business_days, the other clocks with target_seconds"
        )
        faults.append(("clock", reason))
    goal = row["compliance_goal"]
    if goal is not None and not 0 < goal <= 1:
        faults.append(
            ("compliance_goal", "compliance_goal is a fraction between 0 and 1, such as 0.95")
        )
    statuses = tables()["tickets"].columns["status"].allowed
    pauses = json.loads(row["pause_statuses"] or "[]")
    faults += [
        (
            "pause_statuses",
            f"a status is not one of {', '.join(statuses)}{_meant(status, statuses)}",
        )
        for status in pauses
        if status not in statuses
    ]
    return faults


def _hours(row: Row) -> list[Fault]:
    if row["weekday"] is not None and not 1 <= row["weekday"] <= 7:
        return [("weekday", "weekday must be 1 (Monday) to 7 (Sunday)")]
    return []


def _exception(row: Row) -> list[Fault]:
    # An open day without hours has those of its weekday.
    if (row["opens"] is None) != (row["closes"] is None):
        return [
            (
                "opens",
                "opens and closes go together, such as 09:00 and 13:00; leave both empty otherwise",
            )
        ]
    return []


def _negative(row: Row, *names: str) -> list[Fault]:
    return [
        (name, f"{name} must not be negative")
        for name in names
        if row[name] is not None and row[name] < 0
    ]


def _kpi_target(row: Row) -> list[Fault]:
    faults = _negative(row, "amber_tolerance")
    low, high = row["target"], row["target_high"]
    if row["direction"] == "band" and low is not None and (high is None or high < low):
        faults.append(("target_high", "a band needs target_high, not below target"))
    return faults


SCORES: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        ("binary", "amazon_yesno"),
        frozenset({"good", "yes", "1", "true", "bad", "no", "0", "false"}),
    ),
    **dict.fromkeys(("stars5", "amazon_1to5"), frozenset("12345")),
    "nps11": frozenset(map(str, range(11))),
}
"""What `sentiment_of` (dbt) knows of each scale; an answer outside would count nowhere."""


def _answer(row: Row) -> list[Fault]:
    scale, score = row["scale"], row["raw_score"]
    if scale is None or score is None or row["sentiment"] is not None:
        return []
    if score.lower() in SCORES[scale]:
        return []
    known = ", ".join(sorted(SCORES[scale], key=lambda word: (len(word), word)))
    reason = f"this is no answer of the scale {scale} ({known}); correct it, or write the sentiment"
    return [("raw_score", reason)]


def _message(row: Row) -> list[Fault]:
    faults = []
    ratio = row["macro_edit_ratio"]
    if ratio is not None and not 0 <= ratio <= 1:
        reason = "macro_edit_ratio is a fraction between 0 and 1, such as 0.25"
        faults.append(("macro_edit_ratio", reason))
    return [*faults, *_negative(row, "body_chars")]


def _review(row: Row) -> list[Fault]:
    return _negative(row, "points_earned", "points_possible")


def _cost(row: Row) -> list[Fault]:
    # A rate of nothing would make the cost disappear, one below it would make it an income.
    rate = row["fx_rate_to_report"]
    if rate is not None and rate <= 0:
        return [("fx_rate_to_report", "fx_rate_to_report must be more than 0; 1 without exchange")]
    return []


def _paid_time(row: Row) -> list[Fault]:
    faults = _negative(row, "paid_seconds", "handling_seconds")
    start, end, paid = row["interval_start"], row["interval_end"], row["paid_seconds"]
    # Seconds with customers may be more: two chats at once.
    if None not in (start, end, paid) and paid > (end - start).total_seconds():
        reason = "paid_seconds is more than the interval has; correct one of them"
        faults.append(("paid_seconds", reason))
    return faults


def _channel_policy(row: Row) -> list[Fault]:
    return _negative(row, "short_abandon_s")


def _ticket(row: Row) -> list[Fault]:
    if (
        row["merged_into_ticket_id"] is not None
        and row["merged_into_ticket_id"] == row["ticket_id"]
    ):
        return [("merged_into_ticket_id", "a ticket cannot be merged into itself")]
    return []


def _identity(row: Row) -> list[Fault]:
    own = (row["tenant_id"], row["source_system"], row["agent_id"])
    other = (
        row["same_as_tenant_id"] or row["tenant_id"],
        row["same_as_system"],
        row["same_as_agent_id"],
    )
    if own == other:
        return [
            (
                "same_as_agent_id",
                "an agent cannot be the same person as itself; name the other agent",
            )
        ]
    return []


_RULES: Mapping[str, Callable[[Row], list[Fault]]] = {
    "sla_policies": _policy,
    "sla_targets": _target,
    "calendar_hours": _hours,
    "calendar_exceptions": _exception,
    "kpi_targets": _kpi_target,
    "channel_policy": _channel_policy,
    "satisfaction_responses": _answer,
    "messages": _message,
    "qa_reviews": _review,
    "costs": _cost,
    "agent_time": _paid_time,
    "agent_identities": _identity,
    "tickets": _ticket,
}
