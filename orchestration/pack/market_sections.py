"""The sections about customers and marketplaces: reasons as a Pareto table, account health by account."""

from __future__ import annotations

from orchestration.pack.document import Cell, Column, Section, Table, one_group
from orchestration.pack.numbers import Fact, Pack
from orchestration.pack.records import Reason
from orchestration.pack.wording import Wording, kind_of, tone
from orchestration.presenting.words import STATUSES

_PAPER_REASONS = 15
_ACCOUNTS_ABREAST = 6


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
        note=text(
            "Shares are of all tickets of the month; those without a reason are a bar of their own."
        ),
        paper_rows=_PAPER_REASONS,
        more=text("And {n} rarer ones; the workbook lists every reason.", n="{n}"),
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
    partly = language.sentence(reason.previous_reason)
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
        Cell("", (partly,), note=partly)
        if partly
        else Cell(language.number(reason.previous_tickets), (reason.previous_tickets,), "integer"),
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
    value = wording.told(fact.value_text) if fact.value is None else fact.value
    status = wording.text(STATUSES.get(fact.status, fact.status))
    note = status
    if fact.value is not None and fact.value_text:
        # The column names the account already.
        about = wording.told(fact.value_text).removesuffix(f" · {fact.scope_id}")
        note = f"{status} · {about}"
    return Cell(wording.value(fact), (value, status), kind, tone=shown, icon=shown, note=note)
