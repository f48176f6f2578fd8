"""A pack's numbers as a document in one language: cover, sections, and what stands on every page."""

from __future__ import annotations

from collections.abc import Iterable

from orchestration.pack.appendix import caveat_section, definition_section, forum_section
from orchestration.pack.document import Document, Line, Section, Tile
from orchestration.pack.market_sections import health_section, reason_section
from orchestration.pack.meeting import meeting_section
from orchestration.pack.numbers import Fact, Pack
from orchestration.pack.people_section import people_section
from orchestration.pack.reds import red_section
from orchestration.pack.table import kpi_section, overview_section
from orchestration.pack.wording import Wording
from orchestration.presenting.languages import language
from orchestration.presenting.words import STATUSES

DOMAINS = ("pack", "kpis")
_SHOWN_NAMES = 10


def composed(pack: Pack, code: str) -> Document:
    """The document of a pack.

    Args:
        pack: its numbers.
        code: a language.

    Raises:
        ConfigurationError: an unknown language.
    """
    wording = Wording(language(code, *DOMAINS), pack.names)
    text = wording.text
    return Document(
        language=code,
        title=text("Review of {month}", month=wording.language.month(pack.month)),
        subtitle=_subtitle(pack, wording),
        tenant=pack.tenant_id,
        mark=text("PROVISIONAL") if pack.is_provisional else "",
        mark_note=_state(pack, wording),
        footer=_footer(pack, wording),
        page=text("Page {x} of {y}"),
        contents=text("Contents"),
        created=pack.as_of.isoformat(),
        tiles=_tiles(pack, wording),
        lines=tuple(_lines(pack, wording)),
        sections=tuple(_sections(pack, wording)),
    )


def _sections(pack: Pack, wording: Wording) -> Iterable[Section]:
    for section in (
        meeting_section(pack, wording),
        overview_section(pack, wording),
        kpi_section(pack, wording),
        red_section(pack, wording),
        people_section(pack, wording),
        reason_section(pack, wording),
        health_section(pack, wording),
        forum_section(pack, wording),
        caveat_section(pack, wording),
        definition_section(pack, wording),
    ):
        if section is not None:
            yield section


def _subtitle(pack: Pack, wording: Wording) -> str:
    text, audience = wording.text, pack.audience
    parts = []
    if audience.forum:
        parts.append(text("Forum: {name}", name=wording.word(audience.forum)))
    if audience.role:
        parts.append(text("Role: {name}", name=wording.word(audience.role)))
    return " · ".join(parts) or text("All KPIs of the company")


def _state(pack: Pack, wording: Wording) -> str:
    text, language_ = wording.text, wording.language
    as_of = language_.instant(pack.as_of)
    if pack.close is None:
        return text(
            "Provisional: the month is not closed, numbers may still move. Data as of {instant}.",
            instant=as_of,
        )
    return text(
        "Closed on {instant} by {name}; the numbers are those of the close.",
        instant=language_.instant(pack.close.closed_at),
        name=pack.close.closed_by,
    )


def _footer(pack: Pack, wording: Wording) -> str:
    text = wording.text
    instant = wording.language.instant(pack.as_of)
    if pack.close is None:
        return text(
            "Data as of {instant} · hash of these numbers {hash}", instant=instant, hash=pack.hash
        )
    return text("Data as of {instant} · hash of the close {hash}", instant=instant, hash=pack.hash)


def _tiles(pack: Pack, wording: Wording) -> tuple[Tile, ...]:
    number, say = wording.language.number, wording.text
    counted = (
        *((say(STATUSES[code]), pack.counted(code), code) for code in ("red", "amber", "green")),
        (say("without a colour"), pack.counted("grey"), "grey"),
        (say("comments owed"), sum(fact.is_comment_owed for fact in pack.facts), ""),
        (say("decisions overdue"), sum(each.status == "overdue" for each in pack.due), ""),
        (say("restatements to show"), len(pack.restatements), ""),
    )
    return tuple(Tile(label, number(count), count, tone) for label, count, tone in counted)


def _lines(pack: Pack, wording: Wording) -> Iterable[Line]:
    """What a reader in a hurry wants: what turned red, what has long been red, what got better."""
    text = wording.text
    turned = [fact for fact in pack.facts if fact.status == "red" and fact.red_streak == 1]
    getting_worse = [
        fact for fact in pack.facts if fact.status == "red" and fact.trend_3m == "worsening"
    ]
    better = [
        fact
        for fact in pack.facts
        if fact.status in ("red", "amber") and fact.trend_3m == "improving"
    ]
    for label, facts, tone in (
        (text("Off target since this month"), turned, "red"),
        (text("Off target and worsening for three months"), getting_worse, "red"),
        (text("Off target but improving"), better, "amber"),
    ):
        yield Line(label, _names(facts, pack, wording) or text("none"), tone if facts else "grey")


def _names(facts: list[Fact], pack: Pack, wording: Wording) -> str:
    names = []
    for fact in facts:
        layer = f" ({wording.word(fact.layer)})" if fact.layer != "none" else ""
        scope = f" – {wording.name(fact.scope_name)}" if pack.scope_type != "company" else ""
        names.append(f"{wording.name(fact.name)}{layer}{scope}")
    said = ", ".join(names[:_SHOWN_NAMES])
    more = len(names) - _SHOWN_NAMES
    return said if more <= 0 else f"{said} " + wording.text("and {n} more", n=more)
