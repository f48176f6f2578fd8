"""Where an alert is, in words: ticket, channel, team, account or person."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from orchestration.delivery.episodes import Episode
from orchestration.presenting.languages import Language
from orchestration.presenting.words import LAYERS, METRICS

ID_CHARACTERS = 10
"""Of an alert's id in messages: enough to be its only beginning."""


def place_of(episode: Episode, who: str | None, own: Language) -> str:
    """The scope of an episode as people call it.

    Args:
        episode: what is spoken of.
        who: the person concerned, as the reader may know him.
        own: language of the reader.
    """
    parts = episode.scope_id.split("|")
    match episode.scope_type:
        case "agent":
            said = [
                who or own.text("somebody"),
                *_layer(parts[1:2], own),
                *map(own.coded, parts[2:]),
            ]
        case "obligation":
            said = [_turn(episode, own), episode.channel_label or ""]
            said.append(own.text("held by {person}", person=who) if who else "")
        case "team" | "channel_team" | "channel":
            said = [episode.channel_label or "", episode.team_label or ""]
            said = said if any(said) else parts[:1]
            said += _layer(parts[1:2], own)
        case "company":
            said = [own.text("company"), *_layer(parts[1:2], own)]
        case "marketplace_account":
            said = [parts[0], _metric(episode, parts, own), *_figure(parts[2:], own)]
        case "source":
            said = [own.coded(part) for part in parts if part]
        case _:
            said = [part for part in parts if part]
    return one_line(", ".join(part for part in said if part))


def _turn(episode: Episode, own: Language) -> str:
    if episode.ticket_id is None:
        return own.text("case {case}", case=episode.scope_id[:ID_CHARACTERS])
    return own.text("ticket {ticket}", ticket=episode.ticket_id)


def _layer(parts: Sequence[str], own: Language) -> list[str]:
    return [own.text(LAYERS[part]) for part in parts if part in LAYERS]


def _metric(episode: Episode, parts: Sequence[str], own: Language) -> str:
    code = parts[1] if len(parts) > 1 else ""
    if episode.metric_name:
        return own.text(episode.metric_name)
    return own.text(METRICS[code]) if code in METRICS else own.coded(code)


def _figure(parts: Sequence[str], own: Language) -> list[str]:
    """Which of a metric's figures it is: program, fulfilment, part and window; that it is today's is not said."""
    return [
        own.coded(part.removeprefix("PROGRAM_")) for part in parts if part and part != "current"
    ]


def one_line(text: str) -> str:
    """A text of the data without line ends and characters that are not seen, which could pass for words of ours."""
    seen = "".join(
        sign if sign.isspace() or unicodedata.category(sign)[0] != "C" else "" for sign in text
    )
    return re.sub(r"\s+", " ", seen).strip()
