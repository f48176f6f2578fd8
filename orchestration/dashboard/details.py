"""What a row behind a number is, in the reader's language: the texts of ``detail``, taken apart by their patterns.

The warehouse writes a detail from codes, numbers and names. Codes are told by words; numbers, instants, ids and names
that people gave stay. A text of no known pattern stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from ingestion.canonical import tables
from orchestration.dashboard.context import Context
from orchestration.dashboard.detail_words import (
    COSTS,
    ENDS,
    GRAINS,
    MESSAGES,
    MISSED,
    ORIGINS,
    PATTERNS,
    PROMISES,
    STATES,
)
from orchestration.dashboard.vocabulary import CHANGES, OWNER_RULES, SURVEYS, TICKETS, TURNS
from orchestration.dashboard.words import ACTIONS, CODES, N_
from orchestration.presenting.codes import CODES as COMMON_CODES

_NUMBER = r"-?\d+(?:\.\d+)?\+?"
_SHAPES: Mapping[str, str] = {
    "turn": "first|next|case",
    "at": r"\d{4}-\d\d-\d\d[ \d:.]*",
    "name": ".+?",
    "id": r"[\w:.|-]+",
    "agent": r"\w+",
    "place": r"[\w.-]+",
    "code": "[a-z0-9]+(?:_[a-z0-9]+)*",
    "goal": r"\d+(?:\.\d+)?",
    "why": ".+",
    "other": ".+",
}
"""How the text in a place looks, where it is neither a number nor a code."""
_ALONE = (
    {**CODES, **SURVEYS, **CHANGES, **TURNS, **TICKETS, **MESSAGES, **ORIGINS, **STATES, **ACTIONS}
    # a verdict on speed, not the priority of a ticket
    | {"normal": CODES["normal"]}
)
_CODED: Mapping[str, Mapping[str, str]] = {
    "turn": TURNS,
    "verdict": PROMISES,
    "owner_rule": {**OWNER_RULES, "no rule": N_("no rule")},
    "state": {**TURNS, **MISSED},
    "grain": GRAINS,
    "survey": SURVEYS,
    "end": ENDS,
    "status": TICKETS,
    "action": ACTIONS,
    "scope": CODES,
    "fulfilment": COMMON_CODES,
    "cost_type": COSTS,
    "alone": _ALONE,
    "table": {name: COMMON_CODES.get(name, name) for name in tables()},
}
"""The codes that may stand in a place; another text there makes the pattern unfit."""
_PLACE = re.compile(r"\{(\w+)\}")


def detail(context: Context, text: str) -> str:
    """A detail in the reader's language; a text of no known pattern as it is.

    Args:
        context: of the page.
        text: as the warehouse wrote it, such as ``first turn met, responder``.
    """
    for fits, said in _compiled():
        found = fits(text)
        if found:
            places = {name: _told(context, name, part) for name, part in found.groupdict().items()}
            return context.say(said, **places)
    return text


def is_known(text: str) -> bool:
    """Whether any pattern fits a text."""
    return any(fits(text) for fits, _ in _compiled())


def _told(context: Context, place: str, text: str) -> str:
    if place in _CODED:
        return context.word(text, _CODED[place])
    if place == "agent":
        return context.person(text)
    if place == "code":
        return context.kpi(text) if text in context.kpis else context.word(text)
    return context.word(text, CHANGES) if place == "why" and text in CHANGES else text


@cache
def _compiled() -> list[tuple[Callable[[str], re.Match[str] | None], str]]:
    return [(re.compile(_regex(pattern)).fullmatch, said) for pattern, said in PATTERNS.items()]


def _regex(pattern: str) -> str:
    parts = _PLACE.split(pattern)
    made = [re.escape(parts[0])]
    for name, text in zip(parts[1::2], parts[2::2], strict=True):
        codes = "|".join(map(re.escape, _CODED.get(name, ())))
        shape = _SHAPES.get(name) or codes or _NUMBER
        made.append(f"(?P<{name}>{shape})" + re.escape(text))
    return "".join(made)
