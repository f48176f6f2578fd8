"""What reading an account costs in calls, and how long it takes at the vendor's pace; the tables of the README."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from ingestion.sources.edesk.client import BURST, PAGE, REFILL_PER_SECOND
from ingestion.sources.edesk.columns import LISTS
from ingestion.sources.edesk.known import OPEN_STATUSES
from ingestion.sources.edesk.polling import OVERLAP

ITEMS_PER_TICKET = 6.0
"""Messages, notes and changes of status of a ticket; a desk's own number is ``replies`` and more."""


@dataclass(frozen=True)
class Cost:
    """Calls, and the seconds they take: ``BURST`` at once, the others at ``REFILL_PER_SECOND``."""

    calls: int

    @property
    def seconds(self) -> int:
        """Least time by the bucket; answers of the vendor that take longer come on top."""
        return ceil(max(0, self.calls - BURST) / REFILL_PER_SECOND)


def pages(records: float) -> int:
    """Calls for a list; an empty one costs one too."""
    return max(1, ceil(records / PAGE))


def first_load(tickets: int, items_per_ticket: float = ITEMS_PER_TICKET) -> Cost:
    """All tickets by page and all their items one by one."""
    return Cost(len(LISTS) + pages(tickets) + ceil(tickets * items_per_ticket))


def poll(
    open_tickets: int,
    tickets_a_day: float,
    hours: float = 1.0,
    items_per_ticket: float = ITEMS_PER_TICKET,
) -> Cost:
    """One run ``hours`` after the last: lists, open tickets, two windows of days, those that were closed, new items.

    As many tickets are taken to be closed as come in.
    """
    window_days = OVERLAP.days + 1 + hours / 24
    new = tickets_a_day * hours / 24
    in_window = 2 * pages(tickets_a_day * window_days)
    open_lists = len(OPEN_STATUSES) - 1 + pages(open_tickets)
    # Those that were written to within the window are in its list already; half of them is on the safe side.
    closed_alone = ceil(new / 2)
    return Cost(len(LISTS) + open_lists + in_window + closed_alone + ceil(new * items_per_ticket))


def duration(seconds: int) -> str:
    """Seconds for people."""
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 7200:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"


def first_load_table() -> list[str]:
    """Lines of the README's table of first loads."""
    lines = ["| tickets | calls | at least |", "|---:|---:|---:|"]
    for tickets in (1_000, 20_000, 100_000):
        cost = first_load(tickets)
        lines.append(f"| {tickets:,} | {cost.calls:,} | {duration(cost.seconds)} |")
    return lines


def poll_table() -> list[str]:
    """Lines of the README's table of hourly runs, for desks that get a tenth of their open tickets a day."""
    lines = ["| open tickets | new a day | calls an hour | at least |", "|---:|---:|---:|---:|"]
    for tickets in (1_000, 10_000, 100_000):
        cost = poll(tickets, tickets / 10)
        lines.append(
            f"| {tickets:,} | {tickets // 10:,} | {cost.calls:,} | {duration(cost.seconds)} |"
        )
    return lines
