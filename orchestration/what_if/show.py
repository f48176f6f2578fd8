"""Prints today against the replay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from rich.console import Console
from rich.table import Table

from orchestration.what_if.comparing import ALL_REPLIES, OWNERS, Cell, Comparison, Tally

_PROMISES = {
    "sla_compliance_first_reply": "first reply",
    "sla_compliance_next_reply": "next reply",
    "sla_compliance_resolution": "resolution",
    ALL_REPLIES: "all replies and cases",
}


def print_comparison(console: Console, comparison: Comparison, name: str, seconds: float) -> None:
    """Compliance by promise, breaches by owner, months, channels, and what is not judged."""
    months = comparison.months
    console.print(
        f"[bold]{name}[/bold] · {months[0]:%Y-%m} to {months[-1]:%Y-%m} · judged anew in {seconds:.0f} s, "
        "nothing was changed",
        highlight=False,
        soft_wrap=True,
    )
    has_tenants = len({cell.tenant_id for cell in comparison.today}) > 1
    _print(
        console,
        comparison,
        "Compliance by promise",
        ("promise",),
        lambda cell: (_PROMISES[cell.kpi_id],),
        has_tenants,
    )
    _print_owners(console, comparison)
    _print(
        console,
        comparison,
        "By month: all replies and cases",
        ("month",),
        lambda cell: (_month(cell.month),) if cell.kpi_id == ALL_REPLIES else None,
        has_tenants,
    )
    _print(
        console,
        comparison,
        "By channel: all replies and cases",
        ("channel",),
        lambda cell: (cell.channel_id,) if cell.kpi_id == ALL_REPLIES else None,
        has_tenants,
    )
    _print_states(console, comparison)


def _month(month: date) -> str:
    return f"{month:%Y-%m}"


def _print(
    console: Console,
    comparison: Comparison,
    title: str,
    headings: tuple[str, ...],
    key: Callable[[Cell], tuple[str, ...] | None],
    has_tenants: bool,
) -> None:
    def placed(cell: Cell) -> tuple[object, ...] | None:
        own = key(cell)
        if own is None:
            return None
        return (*((cell.tenant_id,) if has_tenants else ()), cell.layer, *own)

    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
    for heading in (*(("tenant",) if has_tenants else ()), "layer", *headings):
        table.add_column(heading)
    for heading in ("today", "met of judged", "replay", "met of judged", "difference"):
        table.add_column(heading, justify="right")
    for name, (today, replay) in comparison.tallies(placed).items():
        table.add_row(
            *(str(part) for part in name),
            _share(today),
            f"{today.met:,} of {today.judged:,}",
            _share(replay),
            f"{replay.met:,} of {replay.judged:,}",
            _difference(today, replay),
        )
    console.print()
    console.print(table)


def _print_owners(console: Console, comparison: Comparison) -> None:
    table = Table(
        title="Breaches by whoever had the ticket: all replies and cases",
        title_justify="left",
        box=None,
        padding=(0, 2, 0, 0),
    )
    for heading in ("layer", "rule", "who"):
        table.add_column(heading)
    for heading in ("today", "replay", "difference"):
        table.add_column(heading, justify="right")
    tallies = comparison.tallies(
        lambda cell: (cell.layer, cell.owner_rule) if cell.kpi_id == ALL_REPLIES else None
    )
    for (layer, rule), (today, replay) in tallies.items():
        if today.breached or replay.breached:
            change = replay.breached - today.breached
            table.add_row(
                str(layer),
                str(rule),
                OWNERS.get(str(rule), ""),
                f"{today.breached:,}",
                f"{replay.breached:,}",
                f"{change:+,}" if change else "–",
            )
    console.print()
    console.print(table)


def _print_states(console: Console, comparison: Comparison) -> None:
    """Turns that are not judged on one side change the denominators, so they are said."""
    today, replay = comparison.states_today, comparison.states_replay
    names = sorted({*today, *replay})
    if not names:
        return
    console.print("\nTurns begun in these months that are not judged:")
    for layer, verdict in names:
        before, after = today.get((layer, verdict), 0), replay.get((layer, verdict), 0)
        change = f"{after - before:+,}" if after != before else "as today"
        console.print(
            f"  {layer:<12} {verdict:<10} {before:>8,} → {after:>8,}  {change}", highlight=False
        )


def _share(tally: Tally) -> str:
    return "–" if tally.compliance is None else f"{tally.compliance:.1%}"


def _difference(today: Tally, replay: Tally) -> str:
    if today.compliance is None or replay.compliance is None:
        return ""
    change = (replay.compliance - today.compliance) * 100
    if today == replay:
        return "–"
    style = "green" if change > 0 else "red" if change < 0 else "dim"
    return f"[{style}]{change:+.1f} pp[/{style}]"
