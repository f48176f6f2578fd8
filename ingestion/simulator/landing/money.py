"""Finance's sheet: what support cost, by month; provisional first, final later, one invoice very late."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ingestion.simulator.landing.sheets import SHOP_ZONE, Row, Tables, local_midnight, row
from ingestion.simulator.world.calendars import epoch
from ingestion.simulator.world.people import TEAM_BY_SLUG, TEAMS
from ingestion.simulator.world.world import World

FINANCE = "finance"
PROVISIONAL_DAY, FINAL_DAY = 2, 12
"""Days of the next month on which a month is first posted and on which it becomes final."""

LATE_INVOICE_DAYS = 50
"""The one late invoice reaches finance this long after the end of its month."""

_HOURLY_RATE = {
    "marketplace_italy": 24.0,
    "marketplace_north": 15.5,
    "webshop_care": 27.0,
    "chat_social": 15.5,
    "escalations": 28.0,
}
_TOOL_SHARE = 62.0
_OVERHEAD = 480.0
_POUND_RATE = 1.16


def money_tables(world: World, at: datetime) -> Tables:
    """Costs posted by ``at``."""
    yield "costs", list(_costs(world, at))


def months_until(first: date, last: date) -> Iterator[date]:
    """First days of the months from that of ``first`` to that of ``last``."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = next_month(month)


def next_month(month: date) -> date:
    """First day of the month after ``month``."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def late_invoice_month(world: World) -> date:
    """Month whose invoice of the outsourced chat nights arrives long after its close."""
    return (world.options.start + timedelta(days=world.options.plan_days // 3)).replace(day=1)


def _costs(world: World, at: datetime) -> Iterator[Row]:
    paid = _paid_hours(world)
    late = late_invoice_month(world)
    for month in months_until(world.options.start, at.date()):
        following = next_month(month)
        posted = following + timedelta(days=PROVISIONAL_DAY - 1)
        closed = following + timedelta(days=FINAL_DAY - 1)
        if _midnight(posted) > at:
            return
        is_final = _midnight(closed) <= at
        rng = random.Random(f"{world.options.seed}|cost|{month}")
        entry = _Entries(month, local_midnight(closed if is_final else posted), is_final)
        for team in TEAMS:
            amount = paid[month, team.team_id] * _HOURLY_RATE[team.slug]
            estimate = amount * rng.uniform(0.94, 1.05)
            yield entry.cost(
                "labour", "team", str(team.team_id), amount if is_final else estimate, "direct"
            )
        seats = sum(
            agent.hired_on < following and (agent.left_on is None or agent.left_on > month)
            for agent in world.staff.agents
        )
        scale = world.options.tickets_per_day / 36.0
        tools = seats * _TOOL_SHARE * min(1.0, scale) / 12
        yield entry.cost("tooling", "company", "company", tools, "headcount")
        yield entry.cost("overhead", "company", "company", _OVERHEAD * scale, "handle_time")
        fee = 95.0 * scale * rng.uniform(0.9, 1.1)
        yield entry.cost("marketplace_fee", "platform", "amazon", fee, "contacts")
        uk = 55.0 * scale * rng.uniform(0.9, 1.1)
        yield entry.cost(
            "marketplace_fee", "marketplace_account", "amazon.co.uk", uk, "direct", "GBP"
        )
        arrives = following + timedelta(days=LATE_INVOICE_DAYS)
        chat = TEAM_BY_SLUG["chat_social"]
        if month != late:
            night = 140.0 * scale * rng.uniform(0.8, 1.2)
            yield entry.cost("outsourcing", "team", str(chat.team_id), night, "contacts")
        elif _midnight(arrives) <= at:
            invoice = _Entries(month, local_midnight(arrives), True)
            yield invoice.cost("outsourcing", "team", str(chat.team_id), 420.0 * scale, "contacts")


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(SHOP_ZONE))


def _paid_hours(world: World) -> Counter[tuple[date, int]]:
    """Paid hours by month and team."""
    zone = ZoneInfo(SHOP_ZONE)
    first = epoch(world.options.first_instant)
    hours: Counter[tuple[date, int]] = Counter()
    for piece in world.workforce.pieces:
        if piece.is_paid and piece.started_at >= first:
            day = datetime.fromtimestamp(piece.started_at, UTC).astimezone(zone).date()
            hours[day.replace(day=1), piece.team_id] += (piece.ended_at - piece.started_at) / 3600  # type: ignore[assignment]
    return hours


class _Entries:
    """Lines of one month of the sheet, posted together."""

    def __init__(self, month: date, posted_at: str, is_final: bool) -> None:
        self._month = month
        self._posted_at = posted_at
        self._is_final = is_final

    def cost(
        self,
        cost_type: str,
        scope_type: str,
        scope_id: str,
        amount: float,
        allocation_key: str,
        currency: str = "EUR",
    ) -> Row:
        """One line; its id stays the same when the final figure replaces the provisional one."""
        columns: dict[str, Any] = {
            "cost_id": f"{self._month:%Y-%m}-{cost_type}-{scope_id}",
            "month": self._month,
            "amount": f"{amount:.2f}",
            "currency": currency,
            "fx_rate_to_report": _POUND_RATE if currency == "GBP" else 1,
            "cost_type": cost_type,
            "scope_type": scope_type,
            "scope_id": scope_id,
            "allocation_key": allocation_key,
            "is_final": self._is_final,
            "occurred_at": self._posted_at,
            "source_updated_at": self._posted_at,
        }
        return row(FINANCE, **columns)
