"""A marketplace metric in words: its name, its figures, when it was captured."""

from __future__ import annotations

from typing import Any

from orchestration.dashboard.context import Context
from orchestration.dashboard.figures import (
    Safe,
    has,
    joined,
    number,
    tag,
)
from orchestration.dashboard.vocabulary import HEALTH, METRICS


def figure(context: Context, row: Any, name: str) -> str:
    """A value as share, or as a plain number where its limit is none."""
    value = number(getattr(row, name))
    if value is None:
        return ""
    return (
        context.own.percent(value, 2 if abs(value) < 0.1 else 1)
        if abs(value) <= 1.5
        else context.own.number(value, 1)
    )


def metric(context: Context, row: Any) -> Safe:
    """Name of a metric with account, window, fulfilment, program and evaluation below."""
    name = (
        context.kpi(row.metric) if row.metric in context.kpis else context.word(row.metric, METRICS)
    )
    parts = [
        row.account,
        row.window_length,
        *(word(context, value) for value in (row.fulfilment, row.evaluation)),
    ]
    parts += [row.program] if has(row.program) else []
    said = " · ".join(str(part) for part in parts if has(part) and part)
    return joined(name, tag("span", said, of="sub"))


def word(context: Context, code: Any) -> str:
    """A code of a platform in words; empty for null."""
    return context.word(code, HEALTH) if has(code) else ""


def captured(context: Context, row: Any) -> str:
    """How long ago the platform's figure was captured."""
    days = number(row.days_since_capture)
    if days is None:
        return ""
    return (
        context.say("{days} days ago", days=context.own.number(days))
        if days
        else context.say("today")
    )
