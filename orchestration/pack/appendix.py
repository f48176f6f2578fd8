"""The end of a pack: forums that keep what they decide or not, what has no colour and why, gates, definitions."""

from __future__ import annotations

from orchestration.pack.document import FEW_ROWS, Cell, Column, Group, Section, Table, one_group
from orchestration.pack.numbers import NAMED_GROUPS, Pack
from orchestration.pack.records import Definition, ForumResult
from orchestration.pack.wording import UNITS, Wording, is_share


def forum_section(pack: Pack, wording: Wording) -> Section | None:
    """How each forum kept what it decided; none for a role."""
    if not pack.forum_results:
        return None
    text = wording.text
    columns = (
        Column(text("Forum"), 3),
        Column(text("Decisions due"), 1.3, "right"),
        Column(text("Done on time"), 1.3, "right"),
        Column(text("Numbers off target"), 1.3, "right"),
        Column(text("Off target with an action"), 1.3, "right"),
        Column(text("Days to an action"), 1.3, "right"),
        Column(text("Decisions judged"), 1.3, "right"),
        Column(text("Achieved"), 1.3, "right"),
    )
    table = Table(
        text("How the forums keep what they decide"),
        text("Forums"),
        columns,
        one_group([_forum(wording, result) for result in pack.forum_results]),
        note=text("Numbers off target are those of every scope, single persons included."),
    )
    lead = text("Decisions due in the month, and numbers off target that somebody works on.")
    return Section("forums", table.title, lead, (table,))


def _forum(wording: Wording, result: ForumResult) -> tuple[Cell, ...]:
    language = wording.language

    def count(value: int) -> Cell:
        return Cell(language.number(value), (value,), "integer")

    def share(value: float | None) -> Cell:
        return Cell(language.percent(value, 0) or "–", (value,), "percent")

    days = result.median_days_to_action
    return (
        Cell(wording.word(result.forum_id), is_strong=True),
        count(result.due),
        share(result.on_time_share),
        count(result.red),
        share(result.red_with_action_share),
        Cell(language.number(days, 1) or "–", (days,), "number"),
        count(result.judged),
        share(result.achieved_share),
    )


def caveat_section(pack: Pack, wording: Wording) -> Section:
    """What has no colour and why, what may still move, and the gates of the close."""
    text = wording.text
    tables = [_grey_table(pack, wording)]
    if pack.close and pack.close.gates:
        rows = [
            (Cell(wording.word(gate), is_strong=True), Cell(wording.word(state)), Cell(seen))
            for gate, state, seen in pack.close.gates
        ]
        columns = (Column(text("Check"), 2), Column(text("State"), 1.2), Column(text("Seen"), 5))
        tables.append(
            Table(text("Gates of the close"), text("Gates of the close"), columns, one_group(rows))
        )
    lead = text("A KPI without a colour is no good news: this is what is missing for each.")
    return Section("caveats", text("Data caveats"), lead, tuple(tables))


def _grey_table(pack: Pack, wording: Wording) -> Table:
    text = wording.text
    found: dict[tuple[str, str], list[str]] = {}
    for fact in pack.facts:
        name = wording.name(fact.name)
        if fact.status.startswith("grey"):
            found.setdefault((fact.status, fact.status_reason or ""), []).append(name)
        if fact.provisional_reason:
            found.setdefault(("grey_stale", fact.provisional_reason), []).append(name)
    rows = []
    for (status, reason), names in sorted(found.items()):
        distinct = list(dict.fromkeys(names))
        rows.append(
            (
                wording.status(status),
                Cell(wording.language.sentence(reason)),
                Cell(wording.language.number(len(distinct)), (len(distinct),), "integer"),
                Cell(", ".join(distinct)),
            )
        )
    columns = (
        Column(text("Status"), 1.4),
        Column(text("Why"), 2.6),
        Column(text("KPIs"), 0.6, "right"),
        Column(text("Names"), 6),
    )
    return Table(
        text("KPIs without a colour, by reason"),
        text("Data caveats"),
        columns,
        one_group(rows),
        empty=text("Every KPI of this pack could be judged."),
    )


def definition_section(pack: Pack, wording: Wording) -> Section:
    """Cards of the registry."""
    text = wording.text
    groups: dict[str, list[tuple[Cell, ...]]] = {}
    for card in pack.definitions:
        groups.setdefault(card.kpi_group, []).append(_definition(wording, card))
    columns = (
        Column(text("KPI"), 2.6, note=text("KPI id")),
        Column(text("Formula"), 3.7),
        Column(text("Numerator"), 2.4),
        Column(text("Denominator"), 2.4),
        Column(text("Reading"), 2),
        Column(text("Fingerprint"), 1.4),
    )
    table = Table(
        text("Definitions"),
        text("Definitions"),
        columns,
        tuple(
            Group(text(NAMED_GROUPS.get(group, group)), tuple(rows))
            for group, rows in groups.items()
        ),
        group_title=text("Group"),
        empty=text("Nothing was counted in this month."),
    )
    lead = text("What each KPI counts; the fingerprint changes whenever its rule does.")
    return Section(
        "definitions",
        text("Appendix: definitions"),
        lead,
        (table,),
        has_own_page=len(pack.definitions) > FEW_ROWS,
    )


def _definition(wording: Wording, card: Definition) -> tuple[Cell, ...]:
    version = wording.text("version {n}", n=card.kpi_version)
    unit = "%" if is_share(card.unit, "") else wording.text(UNITS.get(card.unit, card.unit))
    reading = " · ".join(part for part in (wording.word(card.better), unit) if part)
    return (
        Cell(wording.name(card.name), note=f"{card.kpi_id} · {version}", is_strong=True),
        Cell(wording.name(card.formula)),
        Cell(wording.name(card.numerator or "")),
        Cell(wording.name(card.denominator or "")),
        Cell(reading),
        Cell(card.definition_hash[:12]),
    )
