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
from orchestration.dashboard.vocabulary import HEALTH
from orchestration.presenting.words import METRICS

UNITS = {"social_page_response_time": "s", "amz_avg_response_h": "h"}
"""Of published figures that are neither shares nor counts."""


def figure(context: Context, row: Any, name: str) -> str:
    """A value as share, with its unit, or as a plain number where it has none."""
    value = number(getattr(row, name))
    if value is None:
        return ""
    if unit := UNITS.get(row.metric):
        return context.own.figure(value, unit)
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
    parts = [row.account, context.word(row.window_length)]
    parts += [word(context, value) for value in (row.fulfilment, row.evaluation)]
    parts += [_program(context, str(row.program))] if has(row.program) else []
    said = " · ".join(str(part) for part in parts if has(part) and part)
    return joined(name, tag("span", said, of="sub"))


def _program(context: Context, code: str) -> str:
    """EBay's programs: of a site, or the one for all others."""
    site = code.removeprefix("PROGRAM_")
    return (
        context.say("global program")
        if site == "GLOBAL"
        else context.say("program {site}", site=site)
    )


def word(context: Context, code: Any) -> str:
    """A code of a platform in words; empty for null."""
    return context.word(code, HEALTH) if has(code) else ""


def captured(context: Context, row: Any) -> str:
    """How long ago the platform's figure was captured."""
    days = number(row.days_since_capture)
    if days is None:
        return ""
    return (
        context.own.ngettext(
            "{days} day ago", "{days} days ago", int(days), days=context.own.number(days)
        )
        if days
        else context.say("today")
    )
