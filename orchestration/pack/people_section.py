"""The section about people: teams by band for everybody, colleagues for who may see them."""

from __future__ import annotations

from orchestration.pack.document import Cell, Column, Section, Table, one_group
from orchestration.pack.numbers import Pack
from orchestration.pack.records import Colleague, Spread
from orchestration.pack.wording import GATES, Wording
from orchestration.presenting.words import BANDS

_BAND_TONES = {"above": "green", "in_range": "green", "below": "red", "insufficient": "grey"}


def people_section(pack: Pack, wording: Wording) -> Section | None:
    """Who is where against the goal; single persons only for who may see them."""
    if not pack.has_agents:
        return None
    text = wording.text
    tables = [_spread_table(pack, wording)]
    if pack.audience.sees_names:
        tables.append(_colleague_table(pack, wording))
        lead = text(
            "Fair bands: adjusted for the mix of cases, in alphabetical order within a team. A band is no verdict "
            "about a person: it is where to look together. Every look at these names is logged."
        )
    else:
        lead = text(
            "How the people of each team stand against the goal; single persons are shown to the operations manager "
            "only."
        )
    return Section("people", text("Agents"), lead, tuple(tables))


def _spread_table(pack: Pack, wording: Wording) -> Table:
    text = wording.text
    bands = [text(BANDS[band]) for band in ("above", "in_range", "below", "insufficient")]
    columns = (
        Column(text("Team"), 3),
        Column(text("Promise"), 2.2),
        *(Column(band, 1.2, "right") for band in bands),
    )
    rows = [_spread(wording, spread) for spread in pack.spreads]
    return Table(
        text("People by band and team"),
        text("Teams"),
        columns,
        one_group(rows),
        note=text("Teams of fewer than four people are counted together."),
        empty=text(
            "No person's work is analysed: agent views are off, or nobody has a scorecard for this month."
        ),
    )


def _spread(wording: Wording, spread: Spread) -> tuple[Cell, ...]:
    counts = (spread.above, spread.in_range, spread.below, spread.insufficient)
    return (
        Cell(spread.team or wording.text("small teams together"), is_strong=True),
        Cell(wording.word(spread.layer)),
        *(Cell(wording.language.number(count), (count,), "integer") for count in counts),
    )


def _colleague_table(pack: Pack, wording: Wording) -> Table:
    text = wording.text
    columns = (
        Column(text("Person"), 2),
        Column(text("Team"), 1.8),
        Column(text("Promise"), 2.3),
        Column("n", 0.7, "right"),
        Column(text("Kept"), 1, "right"),
        Column(text("Adjusted"), 1, "right"),
        Column(text("95 % interval"), 1.6, "right", parts=(text("Low"), text("High"))),
        Column(text("Goal"), 0.9, "right"),
        Column(text("Band"), 2),
        Column(text("Gates"), 2),
    )
    rows = [_colleague(wording, colleague) for colleague in pack.colleagues]
    return Table(
        text("Colleagues"),
        text("Colleagues"),
        columns,
        one_group(rows),
        empty=text(
            "No person's work is analysed: agent views are off, or nobody has a scorecard for this month."
        ),
    )


def _colleague(wording: Wording, colleague: Colleague) -> tuple[Cell, ...]:
    percent = wording.language.percent

    def share(value: float | None) -> Cell:
        return Cell(percent(value), (value,), "percent")

    ends = [percent(end) for end in (colleague.low, colleague.high)]
    band_tone = _BAND_TONES.get(colleague.band, "grey")
    band = wording.text(BANDS.get(colleague.band, colleague.band))
    return (
        Cell(colleague.name, is_strong=True),
        Cell(colleague.team),
        Cell(wording.word(colleague.layer)),
        Cell(wording.language.number(colleague.n), (colleague.n,), "integer"),
        share(colleague.raw_rate),
        share(colleague.adjusted_rate),
        Cell(" – ".join(ends) if all(ends) else "", (colleague.low, colleague.high), "percent"),
        share(colleague.goal),
        Cell(band, (band,), tone=band_tone, icon=band_tone),
        Cell(", ".join(wording.text(GATES[gate]) for gate in colleague.gates)),
    )
