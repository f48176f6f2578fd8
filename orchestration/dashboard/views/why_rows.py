"""The rows behind a number as a table: headings and codes in words, persons by the name that may be shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pandas as pd

from orchestration.dashboard.context import Context
from orchestration.dashboard.details import detail
from orchestration.dashboard.figures import show, tag
from orchestration.dashboard.recording import frame as rows_of
from orchestration.dashboard.vocabulary import HEALTH, OWNER_RULES
from orchestration.dashboard.words import CODES, N_
from orchestration.explain.number import Part
from orchestration.explain.relations import Kind

_FEW, _HEIGHT = 7, 300
"""More rows than these scroll in so many pixels."""
SHOWN_ROWS = 250
"""How many rows of a part the page lists."""
_COLUMNS: Mapping[str, str] = {
    "month": N_("Month"),
    "stat": N_("Statistic"),
    "clock": N_("Clock"),
    "layer": N_("Promise"),
    "variant": N_("Variant"),
    "happened_at": N_("When (UTC)"),
    "detail": N_("What"),
    "numerator": N_("Numerator"),
    "denominator": N_("Denominator"),
    "seconds": N_("Seconds"),
    "platform": N_("Platform"),
    "agent_key": N_("Agent"),
    "ticket_id": N_("Ticket"),
    "marketplace_account_id": N_("Account"),
    "channel_id": N_("Channel"),
    "team": N_("Team"),
    "owner_rule": N_("Owner rule"),
    "scope_type": N_("Kind of place"),
    "scope_id": N_("Place"),
    "rate": N_("Share"),
    "target_value": N_("Limit"),
    "is_stale": N_("Too old"),
    "reason": N_("Reason"),
    "macro": N_("Macro"),
    "fix": N_("Fix"),
}
"""Headings of the rows behind a number; a column that is rare keeps its own name."""
_CODED: Mapping[str, Mapping[str, str]] = {
    "owner_rule": OWNER_RULES,
    "stat": CODES,
    "clock": CODES,
    "layer": CODES,
    "variant": CODES,
    "scope_type": CODES,
}
_SUBJECTS = ("reason", "macro", "fix")
"""What a number can be about beside its place."""
_KEYS = {"fact_key", "ticket_key", "team_id"}
"""Columns that say nothing to a reader beside the names."""


def draw_rows(context: Context, part: Part) -> None:
    """The rows with the columns that say something, persons by the name that may be shown."""
    shown = part.rows[:SHOWN_ROWS]
    names = [name for name in shown[0] if any(row.get(name) is not None for row in shown)]
    hidden = _KEYS | ({"agent"} if "agent_key" in names else set())
    if all(row.get("denominator") in (None, 1) for row in shown):
        # every row counts once, so the column says nothing
        hidden = hidden | {"denominator"}
    details = {row["detail"] for row in shown if row.get("detail")}
    is_published = part.kind is Kind.PUBLISHED
    said = {
        text: _published(context, text) if is_published else detail(context, text)
        for text in details
    }
    # many rows say the same few things
    person, place = cache(context.person), cache(context.place)
    coded = cache(lambda name, code: context.word(code, _CODED[name]))
    cells: list[dict[str, Any]] = []
    for row in shown:
        line = {name: row.get(name) for name in names if name not in hidden}
        if "agent_key" in line:
            line["agent_key"] = person(line["agent_key"])
        _name_places(context, place, line)
        for name in _CODED.keys() & line.keys():
            line[name] = coded(name, line[name])
        if line.get("detail"):
            line["detail"] = said[line["detail"]]
        cells.append(line)
    frame = pd.DataFrame(cells)
    frame.columns = pd.Index([context.word(name, _COLUMNS) for name in frame.columns])
    height = _HEIGHT if len(frame) > _FEW else None
    rows_of(frame, context.say("Rows behind the number"), height)
    if part.count > SHOWN_ROWS:
        rest = context.own.number(part.count - SHOWN_ROWS)
        text = context.say("and {count} more: deskhouse explain --csv writes all", count=rest)
        show(tag("p", text, of="muted small"))


def _name_places(context: Context, place: Callable[[str, str], str], line: dict[str, Any]) -> None:
    """Ids of places, reasons, macros and fixes by their names; what a row is about stands under its kind."""
    if line.get("channel_id"):
        line["channel_id"] = place("channel", line["channel_id"])
    if line.get("scope_id") and "scope_type" in line:
        line["scope_id"] = place(line["scope_type"], line["scope_id"])
    kind, subject = line.pop("subject_type", None), line.pop("subject_id", None)
    if kind in _SUBJECTS and subject:
        is_code = subject == "untagged"
        line[kind] = context.word(subject) if is_code else place(kind, subject)


def _published(context: Context, text: str) -> str:
    """What a platform's figure is cut by and the platform's word for it."""
    return " ".join(context.word(part, HEALTH) for part in text.split())
