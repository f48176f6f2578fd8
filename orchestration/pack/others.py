"""The sections behind the KPI table: people, reasons, account health, data caveats, definitions."""

from __future__ import annotations

from orchestration.pack.document import Cell, Column, Group, Section, Table, one_group
from orchestration.pack.numbers import NAMED_GROUPS, Colleague, Definition, Fact, Pack, Reason, Spread
from orchestration.pack.wording import BANDS, GATES, STATUSES, UNITS, Wording, is_share, kind_of, tone

_PAPER_REASONS = 15
_BAND_TONES = {"above": "green", "in_range": "green", "below": "red", "insufficient": "grey"}
_ACCOUNTS_ABREAST = 6


def people_section(pack: Pack, wording: Wording) -> Section | None:
    """Who is where against the goal; single persons only for who may see them."""
    if not pack.has_agents:
        return None
    text = wording.text
    tables = [_spread_table(pack, wording)]
    if pack.audience.sees_names:
        tables.append(_colleague_table(pack, wording))
        lead = text(
            "Fair bands: adjusted for the mix of cases, in alphabetical order within a team. A band is no verdict about a "
            "person: it is where to look together. Every look at these names is logged."
        )
    else:
        lead = text(
            "How the people of each team stand against the goal; single persons are shown to the operations manager only."
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
        Column(text("Person"), 2.4),
        Column(text("Team"), 2),
        Column(text("Promise"), 1.8),
        Column("n", 0.7, "right"),
        Column(text("Kept"), 1, "right"),
        Column(text("Adjusted"), 1, "right"),
        Column(text("95 % interval"), 1.6, "right", parts=(text("Low"), text("High"))),
        Column(text("Goal"), 0.9, "right"),
        Column(text("Band"), 1.5),
        Column(text("Gates"), 2.2),
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


def reason_section(pack: Pack, wording: Wording) -> Section | None:
    """Why customers write: a Pareto table with cause, fix and measured effect."""
    if not pack.reasons:
        return None
    text = wording.text
    columns = (
        Column(text("Reason"), 2.4),
        Column(text("Tickets"), 0.9, "right"),
        Column(text("Share"), 1.9, parts=(text("Share"),)),
        Column(text("Cumulative"), 1, "right"),
        Column(text("Month before"), 0.9, "right"),
        Column(text("Per 100 orders"), 1, "right"),
        Column(text("Handling time"), 1.1, "right"),
        Column(text("Solved at first contact"), 1.1, "right"),
        Column(text("Cause, fix and measured effect"), 4.2),
    )
    largest = max(reason.share or 0 for reason in pack.reasons) or 1
    rows = [_reason(wording, reason, largest) for reason in pack.reasons]
    table = Table(
        text("Reasons"),
        text("Reasons"),
        columns,
        one_group(rows),
        note=text("Shares are of all tickets of the month; those without a reason are a bar of their own."),
        paper_rows=_PAPER_REASONS,
        more=text("The workbook lists every reason."),
        chart="pareto",
    )
    lead = text("What customers wrote about, the commonest first.")
    return Section("reasons", text("Reasons (Pareto)"), lead, (table,))


def _reason(wording: Wording, reason: Reason, largest: float) -> tuple[Cell, ...]:
    language = wording.language
    name = wording.text("without a reason") if reason.is_untagged else reason.name
    told = [part for part in (reason.cause, reason.fix and f"→ {reason.fix}") if part]
    if reason.effect is not None:
        effect = wording.change(reason.effect, "per 100", "")
        told.append(wording.text("measured: {effect}", effect=effect))
    return (
        Cell(name, is_strong=True),
        Cell(language.number(reason.tickets), (reason.tickets,), "integer"),
        Cell(
            language.percent(reason.share),
            (reason.share,),
            "percent",
            bar=(reason.share or 0) / largest,
            tone="grey" if reason.is_untagged else "",
        ),
        Cell(language.percent(reason.cumulative), (reason.cumulative,), "percent"),
        Cell(language.number(reason.previous_tickets), (reason.previous_tickets,), "integer"),
        Cell(language.number(reason.per_100_orders, 2), (reason.per_100_orders,), "number"),
        Cell(language.duration(reason.handle_s), (reason.handle_s,), "duration"),
        Cell(language.percent(reason.first_contact), (reason.first_contact,), "percent"),
        Cell("\n".join(told)),
    )


def health_section(pack: Pack, wording: Wording) -> Section | None:
    """Account health: a metric in each row, an account in each column."""
    if not pack.health:
        return None
    accounts = sorted({fact.scope_id for fact in pack.health})
    tables = [
        _health_table(pack, wording, accounts[start : start + _ACCOUNTS_ABREAST], start)
        for start in range(0, len(accounts), _ACCOUNTS_ABREAST)
    ]
    lead = wording.text(
        "As the marketplaces published it at the end of the month; defects left count down to the limit."
    )
    return Section("health", wording.text("Marketplace health"), lead, tuple(tables))


def _health_table(pack: Pack, wording: Wording, accounts: list[str], start: int) -> Table:
    text = wording.text
    cells: dict[tuple[str, ...], dict[str, Fact]] = {}
    for fact in pack.health:
        if fact.scope_id in accounts:
            cells.setdefault((fact.name, *fact.key), {})[fact.scope_id] = fact
    columns = (
        Column(text("Metric"), 3.2, note=text("Detail")),
        Column(text("Target"), 1.2, "right"),
        *(Column(account, 1.7, parts=(account, text("Status"))) for account in accounts),
    )
    rows = []
    for found in cells.values():
        first = next(iter(found.values()))
        rows.append(
            (
                Cell(wording.name(first.name), note=wording.marks(first), is_strong=True),
                Cell(wording.target(first), (first.target,), kind_of(first.unit, first.stat)),
                *(_health(wording, found.get(account)) for account in accounts),
            )
        )
    sheet = text("Marketplace health") + (f" {start // _ACCOUNTS_ABREAST + 1}" if start else "")
    return Table(text("Marketplace health"), sheet, columns, one_group(rows))


def _health(wording: Wording, fact: Fact | None) -> Cell:
    if fact is None:
        return Cell("", (None, ""))
    kind = kind_of(fact.unit, fact.stat)
    shown = tone(fact.status)
    value = wording.word(fact.value_text) if fact.value is None else fact.value
    status = wording.text(STATUSES.get(fact.status, fact.status))
    note = status
    if fact.value is not None and fact.value_text:
        note = f"{status} · {fact.value_text.removesuffix(f' of {fact.scope_id}')}"
    return Cell(wording.value(fact), (value, status), kind, tone=shown, icon=shown, note=note)


def caveat_section(pack: Pack, wording: Wording) -> Section:
    """What has no colour and why, what may still move, and the gates of the close."""
    text = wording.text
    tables = [_grey_table(pack, wording)]
    if pack.close and pack.close.gates:
        rows = [
            (Cell(wording.word(gate), is_strong=True), Cell(wording.word(state)), Cell(seen))
            for gate, state, seen in pack.close.gates
        ]
        columns = (Column(text("Gate"), 2), Column(text("State"), 1.2), Column(text("Seen"), 5))
        tables.append(
            Table(text("Gates of the close"), text("Gates"), columns, one_group(rows))
        )
    lead = text("A KPI without a colour is no good news: this is what is missing for each.")
    return Section("caveats", text("Data caveats"), lead, tuple(tables))


def _grey_table(pack: Pack, wording: Wording) -> Table:
    text = wording.text
    found: dict[tuple[str, str], list[str]] = {}
    for fact in pack.facts:
        name = wording.name(fact.name)
        if fact.status.startswith("grey"):
            reason = wording.language.sentence(fact.status_reason)
            found.setdefault((fact.status, reason), []).append(name)
        if fact.provisional_reason:
            reason = wording.language.sentence(fact.provisional_reason)
            found.setdefault(("grey_stale", reason), []).append(name)
    rows = []
    for (status, reason), names in sorted(found.items()):
        distinct = list(dict.fromkeys(names))
        rows.append(
            (
                wording.status(status),
                Cell(reason),
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
        note=text("Formulas stand as the registry holds them, in English."),
        empty=text("Nothing was counted in this month."),
    )
    lead = text("What each KPI counts; the fingerprint changes whenever its rule does.")
    return Section(
        "definitions", text("Appendix: definitions"), lead, (table,), has_own_page=True
    )


def _definition(wording: Wording, card: Definition) -> tuple[Cell, ...]:
    version = wording.text("version {n}", n=card.kpi_version)
    unit = "%" if is_share(card.unit, "") else wording.text(UNITS.get(card.unit, card.unit))
    reading = " · ".join(part for part in (wording.word(card.better), unit) if part)
    return (
        Cell(wording.name(card.name), note=f"{card.kpi_id} · {version}", is_strong=True),
        Cell(card.formula),
        Cell(wording.name(card.numerator or "")),
        Cell(wording.name(card.denominator or "")),
        Cell(reading),
        Cell(card.definition_hash[:12]),
    )
