"""How a person is named, and his band and gates shown, wherever he appears."""

from __future__ import annotations

from typing import Any

from orchestration.dashboard.context import Context
from orchestration.dashboard.figures import (
    Safe,
    anchor,
    joined,
    signed,
    tag,
)
from orchestration.dashboard.words import BAND_COLOURS

GATES = (
    "gate_closed_without_reply",
    "gate_unanswered_deletions",
    "gate_critical_quality_error",
    "gate_waivers",
)


def linked(context: Context, key: object) -> Safe:
    """Name of a person, a link to what is behind his bands."""
    name = context.person(key)
    filters = context.filters
    address = context.link("agents", agent=str(key), layer=filters.layer, days=filters.days)
    return anchor(address, name, context.say("What is behind the bands of {name}", name=name))


def band(context: Context, row: Any) -> Safe:
    """Band as sign and word, the reason below where there is too little to judge."""
    said = signed(BAND_COLOURS[row.band], context.word(row.band))
    reason = row.eligibility_reason if row.band == "insufficient" else row.band_reason
    why = context.own.sentence(reason) if isinstance(reason, str) else ""
    return joined(said, tag("span", why, of="sub") if why else "")


def gates(context: Context, row: Any) -> Safe:
    """Gates that hold a band back, with the evidence."""
    if not any(bool(getattr(row, name)) for name in GATES):
        return joined("")
    said = tag("span", gate_evidence(context, row.gate_evidence), of="sub")
    return joined(signed("red", context.say("gate")), said)


def gate_evidence(context: Context, text: Any) -> str:
    """What holds a band back, one sentence after the other; empty for null."""
    parts = text.split(";") if isinstance(text, str) else []
    return "; ".join(context.own.sentence(part.strip()) for part in parts if part.strip())
