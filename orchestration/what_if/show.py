"""Prints today against the replay."""

from __future__ import annotations

from collections.abc import Callable

from orchestration.presenting.scopes import Names, label_of
from orchestration.terminal import Cell as Shown
from orchestration.terminal import Column, Terminal, styled
from orchestration.what_if.comparing import ALL_REPLIES, NO_CHANNEL, OWNERS, Cell, Comparison, Tally

_PROMISES = {
    "sla_compliance_first_reply": "first reply",
    "sla_compliance_next_reply": "next reply",
    "sla_compliance_resolution": "resolution",
    ALL_REPLIES: "all replies and cases",
}


def print_comparison(
    terminal: Terminal, comparison: Comparison, name: str, seconds: float, names: Names
) -> None:
    """Compliance by promise, breaches by owner, months, channels, and what is not judged, for each tenant.

    Args:
        terminal: to print on.
        comparison: both sides.
        name: of the policy file.
        seconds: that the replay took.
        names: what channels are called.
    """
    months = comparison.months
    terminal.line(
        styled(name, "bold"),
        f" · {months[0]:%Y-%m} to {months[-1]:%Y-%m} · judged anew in {seconds:.0f} s, nothing was changed",
    )
    for tenant in comparison.tenants:
        if len(comparison.known) > 1:
            terminal.blank()
            terminal.line(styled(f"Tenant {tenant}", "bold"))
        _print_tenant(terminal, comparison.of(tenant), names)


def _print_tenant(terminal: Terminal, comparison: Comparison, names: Names) -> None:
    _print(
        terminal,
        comparison,
        "Compliance by promise",
        "promise",
        lambda cell: _PROMISES[cell.kpi_id],
    )
    _print_owners(terminal, comparison)
    _print(
        terminal,
        comparison,
        "By month: all replies and cases",
        "month",
        lambda cell: f"{cell.month:%Y-%m}" if cell.kpi_id == ALL_REPLIES else None,
    )
    _print(
        terminal,
        comparison,
        "By channel: all replies and cases",
        "channel",
        lambda cell: _channel(names, cell) if cell.kpi_id == ALL_REPLIES else None,
    )
    _print_states(terminal, comparison)


def _channel(names: Names, cell: Cell) -> str:
    if cell.channel_id == NO_CHANNEL:
        return "no channel"
    return label_of(names, cell.tenant_id, "channel", cell.channel_id)


def _print(
    terminal: Terminal,
    comparison: Comparison,
    title: str,
    heading: str,
    key: Callable[[Cell], str | None],
) -> None:
    def placed(cell: Cell) -> tuple[object, ...] | None:
        own = key(cell)
        return None if own is None else (cell.layer, own)

    heads: list[Column | str] = [
        *("layer", Column(heading, whole=heading == "channel")),
        *(
            Column(name, "right", whole=True)
            for name in ("today", "met of judged", "replay", "met of judged", "difference")
        ),
    ]
    rows: list[list[Shown]] = [
        [
            *(str(part) for part in name),
            _share(today),
            f"{today.met:,} of {today.judged:,}",
            _share(replay),
            f"{replay.met:,} of {replay.judged:,}",
            _difference(today, replay),
        ]
        for name, (today, replay) in comparison.tallies(placed).items()
    ]
    terminal.blank()
    terminal.table(heads, rows, title)


def _print_owners(terminal: Terminal, comparison: Comparison) -> None:
    tallies = comparison.tallies(
        lambda cell: (cell.layer, cell.owner_rule) if cell.kpi_id == ALL_REPLIES else None
    )
    rows: list[list[Shown]] = []
    for (layer, rule), (today, replay) in tallies.items():
        if today.breached or replay.breached:
            change = replay.breached - today.breached
            rows.append(
                [
                    str(layer),
                    str(rule),
                    OWNERS.get(str(rule), ""),
                    f"{today.breached:,}",
                    f"{replay.breached:,}",
                    f"{change:+,}" if change else "–",
                ]
            )
    heads: list[Column | str] = [
        *("layer", "rule", "who"),
        *(Column(name, "right", whole=True) for name in ("today", "replay", "difference")),
    ]
    terminal.blank()
    terminal.table(heads, rows, "Breaches by whoever had the ticket: all replies and cases")


def _print_states(terminal: Terminal, comparison: Comparison) -> None:
    """Turns that are not judged on one side change the denominators, so they are said."""
    today, replay = comparison.states_today, comparison.states_replay
    names = sorted({*today, *replay})
    if not names:
        return
    terminal.blank()
    terminal.line("Turns begun in these months that are not judged:")
    for key in names:
        _, layer, verdict = key
        before, after = today.get(key, 0), replay.get(key, 0)
        change = f"{after - before:+,}" if after != before else "as today"
        terminal.line(f"  {layer:<12} {verdict:<10} {before:>8,} → {after:>8,}  {change}")


def _share(tally: Tally) -> str:
    return "–" if tally.compliance is None else f"{tally.compliance:.1%}"


def _difference(today: Tally, replay: Tally) -> Shown:
    if today.compliance is None or replay.compliance is None:
        return ""
    change = (replay.compliance - today.compliance) * 100
    if today == replay:
        return "–"
    style = "green" if change > 0 else "red" if change < 0 else "dim"
    return styled(f"{change:+.1f} pp", style)
