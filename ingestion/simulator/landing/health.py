"""What the marketplaces show on their pages but give through no interface: typed off every Monday into a sheet.

Amazon's late response rate counts messages as the platform sees them: it knows replies typed outside the helpdesk at
once, which the helpdesk learns late, so the published rate and our estimate differ a little.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from ingestion.simulator.clock import iso_z
from ingestion.simulator.landing.sheets import SHEET, Row, Tables, row
from ingestion.simulator.landing.surveys import AmazonAnswer, amazon_answers
from ingestion.simulator.world.calendars import epoch
from ingestion.simulator.world.catalogue import CHANNEL_BY_ID
from ingestion.simulator.world.commerce_accounts import ACCOUNTS
from ingestion.simulator.world.people import BOT_ID
from ingestion.simulator.world.stories import DAY, HOUR
from ingestion.simulator.world.tickets import Ticket
from ingestion.simulator.world.world import World

PAGE_ID = "facebook.page"
CAPTURED_HOUR = 7
RESPONSE_WINDOWS = (7, 30, 90)
SURVEY_WINDOW = 90
PAGE_WINDOW = 7
_LATE_LIMIT, _CSDR_LIMIT, _RDR_LIMIT, _PAGE_GOAL = "0.10", "0.25", "0.10", "0.90"
_RETURN_HOURS = 48


def health_tables(world: World, at: datetime) -> Tables:
    """The page of the seller as an account, and the sheet of figures captured by ``at``."""
    yield (
        "marketplace_accounts",
        [
            row(
                SHEET,
                marketplace_account_id=PAGE_ID,
                platform="facebook",
                site="facebook.com",
                country="IT",
                fulfilment=None,
                account_tz="Europe/Rome",
                status="unknown",
            )
        ],
    )
    yield "account_health_snapshots", list(_snapshots(world, epoch(at)))


@dataclass(frozen=True, slots=True)
class _Message:
    """A buyer's message and how many seconds later the account answered; None = never."""

    at: int
    waited: int | None


def _snapshots(world: World, instant: int) -> Iterator[Row]:
    accounts = [account for account in ACCOUNTS if account.platform == "amazon"]
    messages = _messages(world)
    answers: dict[str, list[AmazonAnswer]] = defaultdict(list)
    for answer in amazon_answers(world):
        answers[answer.ticket.account_id or ""].append(answer)
    returns = _return_requests(world)
    monday = world.options.start + timedelta(days=-world.options.start.weekday() % 7 + 7)
    while (captured := _captured(monday)) <= instant:
        for account in accounts:
            sheet = _Sheet(account.account_id, monday, captured)
            yield from _response_rates(sheet, messages[account.account_id])
            yield from _survey_rates(sheet, answers[account.account_id])
            yield _return_rate(sheet, returns[account.account_id])
        yield from _page(_Sheet(PAGE_ID, monday, captured), messages["facebook_private"])
        monday += timedelta(days=7)


def _captured(day: date) -> int:
    return epoch(datetime(day.year, day.month, day.day, CAPTURED_HOUR, tzinfo=UTC))


class _Sheet:
    """One account's lines of one Monday."""

    def __init__(self, account_id: str, day: date, captured: int) -> None:
        self.account_id = account_id
        self.day = day
        self.captured = captured

    def window(self, days: int) -> tuple[int, int]:
        """Instants of a window of whole days that ends with the day before."""
        end = epoch(datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC))
        return end - days * DAY, end

    def line(self, metric: str, days: int, numerator: float | None, denominator: float | None,
             rate: str | None, **more: str | None) -> Row:  # fmt: skip
        """One figure as published."""
        variant = more.get("dimension_value") or ""
        return row(
            SHEET,
            snapshot_id=f"{self.account_id}-{metric}-{days}{variant}-{self.day.isoformat()}",
            marketplace_account_id=self.account_id,
            metric=metric,
            dimension_key=more.get("dimension_key"),
            dimension_value=more.get("dimension_value"),
            window_from=self.day - timedelta(days=days),
            window_to=self.day - timedelta(days=1),
            numerator=numerator,
            denominator=denominator,
            rate=rate,
            target_value=more.get("target_value"),
            target_condition=more.get("target_condition"),
            published_status=more.get("published_status", "none"),
            captured_at=iso_z(self.captured),
        )


def _share(numerator: int, denominator: int) -> str | None:
    return f"{numerator / denominator:.4f}" if denominator else None


def _within(rate: str | None, limit: str) -> str:
    return "none" if rate is None else "good" if float(rate) <= float(limit) else "bad"


def _response_rates(sheet: _Sheet, messages: Sequence[_Message]) -> Iterator[Row]:
    for days in RESPONSE_WINDOWS:
        start, end = sheet.window(days)
        # Messages of the last day are not judged yet.
        judged = [one for one in messages if start - DAY <= one.at < end - DAY]
        late = sum(one.waited is None or one.waited > DAY for one in judged)
        rate = _share(late, len(judged))
        yield sheet.line(
            "amz_late_response_rate",
            days,
            late,
            len(judged),
            rate,
            target_value=_LATE_LIMIT,
            target_condition="less_or_equal",
            published_status=_within(rate, _LATE_LIMIT),
        )
        waits = [
            one.waited for one in judged if one.waited is not None and one.at + one.waited <= end
        ]
        hours = f"{sum(waits) / len(waits) / HOUR:.2f}" if waits else None
        yield sheet.line("amz_avg_response_h", days, None, len(waits), hours)


def _survey_rates(sheet: _Sheet, answers: Sequence[AmazonAnswer]) -> Iterator[Row]:
    start, end = sheet.window(SURVEY_WINDOW)
    latest: dict[tuple[str, str | None], str] = {}
    for answer in answers:
        if start <= answer.at < end:
            latest[answer.scale, answer.ticket.order_id] = answer.score
    asked = [score for (scale, _), score in latest.items() if scale == "amazon_yesno"]
    rated = [score for (scale, _), score in latest.items() if scale == "amazon_1to5"]
    if asked:
        rate = _share(asked.count("no"), len(asked))
        yield sheet.line(
            "amz_csdr",
            SURVEY_WINDOW,
            asked.count("no"),
            len(asked),
            rate,
            target_value=_CSDR_LIMIT,
            target_condition="less_than",
            published_status=_within(rate, _CSDR_LIMIT),
        )
    bad = rated.count("1") + rated.count("2")
    for variant, base in (
        ("neutral_in", len(rated)),
        ("neutral_out", len(rated) - rated.count("3")),
    ):
        if base:
            yield sheet.line(
                "amz_bdr",
                SURVEY_WINDOW,
                bad,
                base,
                _share(bad, base),
                dimension_key="variant",
                dimension_value=variant,
            )


def _return_rate(sheet: _Sheet, requests: Sequence[tuple[int, bool]]) -> Row:
    start, end = sheet.window(SURVEY_WINDOW)
    counted = [is_bad for at, is_bad in requests if start <= at < end]
    rate = _share(sum(counted), len(counted))
    return sheet.line(
        "amz_rdr",
        SURVEY_WINDOW,
        sum(counted),
        len(counted),
        rate,
        target_value=_RDR_LIMIT,
        target_condition="less_than",
        published_status=_within(rate, _RDR_LIMIT),
    )


def _page(sheet: _Sheet, messages: Sequence[_Message]) -> Iterator[Row]:
    """The page's response rate over seven days, and its median answer in seconds."""
    start, end = sheet.window(PAGE_WINDOW)
    counted = [one for one in messages if start <= one.at < end]
    answered = sorted(
        one.waited for one in counted if one.waited is not None and one.at + one.waited <= end
    )
    rate = _share(len(answered), len(counted))
    is_good = rate is not None and float(rate) >= float(_PAGE_GOAL)
    yield sheet.line(
        "social_page_responsiveness",
        PAGE_WINDOW,
        len(answered),
        len(counted),
        rate,
        target_value=_PAGE_GOAL,
        target_condition="greater_or_equal",
        published_status="none" if rate is None else "good" if is_good else "bad",
    )
    if answered:
        median = answered[len(answered) // 2]
        yield sheet.line(
            "social_page_response_time",
            PAGE_WINDOW,
            None,
            len(answered),
            str(median),
            target_value="900",
            target_condition="less_or_equal",
            published_status="good" if median <= 900 else "bad",
        )


def _messages(world: World) -> dict[str, list[_Message]]:
    """Buyers' messages by Amazon account and of the page's inbox, each with the wait for the next answer."""
    found: dict[str, list[_Message]] = defaultdict(list)
    for ticket in world.tickets:
        platform = CHANNEL_BY_ID[ticket.channel_id].platform
        name = ticket.account_id if platform == "amazon" else ticket.channel_id
        if platform in ("amazon", "facebook") and name and not ticket.planted & {"spam", "test"}:
            found[name].extend(_exchanges(ticket))
    return found


def _exchanges(ticket: Ticket) -> Iterator[_Message]:
    waiting: list[int] = []
    for audit in ticket.audits:
        comment = next((fact for fact in audit.facts if fact[0] == "comment" and fact[3]), None)
        if comment is None:
            continue
        meta = audit.meta or {}
        if comment[2] == ticket.requester_id:
            if not meta.get("no_reply_needed"):
                waiting.append(int(meta.get("original_sent_at", audit.at)))
        elif comment[2] > 0 and comment[2] != BOT_ID:
            yield from (_Message(at, audit.at - at) for at in waiting)
            waiting.clear()
    yield from (_Message(at, None) for at in waiting)


def _return_requests(world: World) -> dict[str, list[tuple[int, bool]]]:
    """Return requests by account: when, and whether complained of, answered too late or refused wrongly."""
    found: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    for order in world.orders:
        case = order.return_request
        if order.platform != "amazon":
            continue
        if case is not None:
            waited = (case.responded_at - case.opened_at) if case.responded_at else None
            is_late = waited is None or waited > timedelta(hours=_RETURN_HOURS)
            found[order.account_id].append((epoch(case.opened_at), is_late))
            continue
        wanted = next((p for p in order.problems if p.kind == "return_request"), None)
        if wanted is not None:
            rng = random.Random(f"{world.options.seed}|return|{order.order_id}")
            found[order.account_id].append((epoch(wanted.noticed_at), rng.random() < 0.06))
    return found
