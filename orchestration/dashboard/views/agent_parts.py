"""How a person is named, and his band and gates shown, wherever he appears."""

from __future__ import annotations

from typing import Any

import pandas as pd

from orchestration.dashboard.context import Context
from orchestration.dashboard.figures import (
    Safe,
    anchor,
    joined,
    safe,
    signed,
    tag,
)
from orchestration.dashboard.words import BAND_COLOURS

OTHER_PERIOD = "†"
"""Sign of a row whose numbers are of another period than the chosen one."""
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


def other_period(context: Context, row: Any) -> str:
    """Words for the period that the numbers of a card come from; empty where it is the chosen one."""
    if row.band_basis == row.period_type:
        return ""
    return context.say("over {days} days", days=row.band_basis.removesuffix("d"))


def below(*parts: str) -> Safe:
    """Parts below a value, a line for each that says something."""
    return joined(*(tag("span", safe(part), of="sub") for part in parts if part))


def note_of_periods(context: Context, cards: pd.DataFrame) -> str:
    """What rows over another period than the chosen one mean; empty where there are none."""
    others = [said for said in (other_period(context, row) for row in cards.itertuples()) if said]
    if not others:
        return ""
    return context.say(
        "{sign} {period}: fewer than 30 were judged in the chosen period, so share, interval and "
        "counts are all of the longer one.",
        sign=OTHER_PERIOD,
        period=others[0],
    )


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
