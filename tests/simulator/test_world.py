"""The world is the same whenever it is told, grows without changing its past, and holds everything planted in it."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any

import pytest

from ingestion.privacy import is_thanks
from ingestion.simulator.world.buyers import FIRST_END_USER_ID
from ingestion.simulator.world.calendars import CALENDAR_BY_ID, calendar_windows, epoch
from ingestion.simulator.world.commerce_accounts import black_friday
from ingestion.simulator.world.options import SimulatorOptions, remembered_options
from ingestion.simulator.world.people import BOT_ID, CONNECTOR_ID, TEAM_BY_SLUG, TEAMS
from ingestion.simulator.world.texts import THANKS
from ingestion.simulator.world.tickets import Audit, Ticket
from ingestion.simulator.world.world import World

PLANTED = {
    "bot_contained", "deleted", "deleted_reply", "duplicate_delivery", "erased_comment", "failed_delivery",
    "follow_up", "forgotten", "handover", "late_arrival", "late_reassignment", "merge_root", "merged", "outbound",
    "outbound_silent", "outside_reply", "priority_change", "proxy", "redaction", "spam", "split", "split_origin",
    "test", "thanks", "unspam",
}  # fmt: skip


def audit_content(audit: Audit) -> tuple[Any, ...]:
    return (
        audit.number,
        audit.at,
        audit.seen,
        audit.author,
        audit.via,
        tuple(audit.facts),
        repr(audit.meta),
    )


def content(ticket: Ticket, until: float = math.inf) -> tuple[Any, ...]:
    """All of a ticket that happened before ``until``; what a desk does later depends on what else arrives by then."""
    head = (
        ticket.ticket_id,
        ticket.created,
        ticket.requester_id,
        ticket.order_id,
        ticket.channel_id,
    )
    audits = tuple(audit_content(audit) for audit in ticket.audits if audit.at < until)
    return (*head, audits, tuple(rating for rating in ticket.ratings if rating[0] < until))


def is_agent(author: int) -> bool:
    return 0 < author < FIRST_END_USER_ID and author not in (BOT_ID, CONNECTOR_ID)


def first_reply(ticket: Ticket) -> tuple[int, int] | None:
    """Instant and author of the first public reply of a person."""
    for audit in ticket.audits:
        for fact in audit.facts:
            if fact[0] == "comment" and fact[3] and is_agent(fact[2]):
                return audit.at, fact[2]
    return None


@pytest.fixture(scope="module")
def year() -> World:
    """A full world of thirteen months, as a first run meets it."""
    return World(SimulatorOptions(seed=7, as_of=datetime(2026, 11, 21, 6, tzinfo=UTC)))


def test_same_options_same_world(world: World, options: SimulatorOptions) -> None:
    again = World(options)
    assert [content(t) for t in again.tickets] == [content(t) for t in world.tickets]
    assert again.calls == world.calls


def test_another_seed_is_another_world(world: World, options: SimulatorOptions) -> None:
    other = World(replace(options, seed=12, days=20))
    assert {t.order_id for t in other.tickets} != {t.order_id for t in world.tickets}


def test_a_longer_world_begins_with_the_same_days() -> None:
    short = SimulatorOptions(
        seed=3, start=date(2025, 10, 2), days=30, plan_days=60, tickets_per_day=12
    )
    long = replace(short, days=60)
    first_days, both = World(short), World(long)
    known = {t.ticket_id for t in first_days.tickets}
    end = epoch(datetime(2025, 10, 31, tzinfo=UTC))
    assert [content(t, end) for t in first_days.tickets] == [
        content(t, end) for t in both.tickets if t.ticket_id in known
    ]
    missing = [t for t in both.tickets if t.ticket_id not in known and t.created < end]
    assert not missing


def test_remembered_options_keep_the_past(tmp_path: Any) -> None:
    first = remembered_options(
        tmp_path, as_of=datetime(2026, 11, 21, tzinfo=UTC), tickets_per_day=5
    )
    later = remembered_options(tmp_path, as_of=datetime(2026, 11, 24, tzinfo=UTC))
    assert (later.seed, later.start, later.tickets_per_day) == (first.seed, first.start, 5)
    assert later.days == first.days + 3
    assert later.plan_days == first.plan_days
    before = remembered_options(tmp_path, as_of=datetime(2024, 1, 1, tzinfo=UTC))
    assert before.start < date(2024, 1, 1)


def test_everything_planted_is_there(year: World) -> None:
    found = Counter(kind for ticket in year.tickets for kind in ticket.planted)
    assert set(found) >= PLANTED
    assert {ticket.channel_id for ticket in year.tickets} == {
        "amazon_it", "amazon_de", "amazon_uk", "ebay_de", "webshop_email", "webshop_chat", "facebook_page",
        "facebook_private", "instagram",
    }  # fmt: skip
    assert year.calls
    assert {ticket.channel_id for ticket in year.outside_tickets} == {"ebay_it"}
    merged_into = {ticket.merged_into for ticket in year.tickets if ticket.merged_into}
    assert any(year.ticket_by_id[root].merged_into for root in merged_into), (
        "no merge chain of two steps"
    )
    assert any(not user.is_known for user in year.buyers.by_id.values())
    texts = {
        fact[4][0]
        for t in year.tickets
        for a in t.audits
        for fact in a.facts
        if fact[0] == "comment"
    }
    assert {"auto", "bot", "thanks", "again", "note"} <= texts
    assert any(fact[0] == "macro" for t in year.tickets for a in t.audits for fact in a.facts)


def test_volume_of_a_first_run(year: World) -> None:
    contacts = len(year.tickets) + len(year.outside_tickets) + len(year.calls)
    assert 12_000 <= contacts <= 16_000


def test_some_tickets_stay_open_for_more_than_a_year(year: World) -> None:
    now = epoch(datetime(2026, 11, 21, 6, tzinfo=UTC))
    forgotten = [t for t in year.tickets if "forgotten" in t.planted]
    assert any(now - t.created > 364 * 86_400 for t in forgotten)
    assert all(first_reply(t) is None for t in forgotten)


def test_reasons_follow_a_long_tail_and_two_surge(year: World) -> None:
    reasons = Counter(t.reason for t in year.tickets)
    shares = [count / len(year.tickets) for _, count in reasons.most_common()]
    assert 0.15 < shares[0] < 0.35
    assert sum(shares[:5]) > 0.6
    assert len(shares) >= 20
    by_day: dict[str, Counter[int]] = defaultdict(Counter)
    for ticket in year.tickets:
        offset = (datetime.fromtimestamp(ticket.created, UTC).date() - year.options.start).days
        by_day[ticket.reason][offset] += 1
    strike = year.options.plan_days * 3 // 5
    inside = sum(by_day["carrier_delay"][day] for day in range(strike, strike + 28))
    before = sum(by_day["carrier_delay"][day] for day in range(strike - 28, strike))
    assert inside > 5 * max(1, before)
    last = year.options.plan_days
    grown = sum(by_day["voucher_problem"][day] for day in range(last - 30, last))
    earlier = sum(by_day["voucher_problem"][day] for day in range(last - 150, last - 120))
    assert grown > 4 * max(1, earlier)


def test_black_friday_is_a_peak(year: World) -> None:
    days = Counter(datetime.fromtimestamp(t.created, UTC).date() for t in year.tickets)
    friday = black_friday(2025)
    peak = sum(days[friday + timedelta(days=offset)] for offset in range(7))
    usual = sum(days[friday - timedelta(days=28 - offset)] for offset in range(7))
    assert peak > 1.7 * usual


def test_nobody_works_during_the_outage(year: World) -> None:
    begin, end = year.stage.outage
    busy = [
        audit
        for ticket in year.tickets
        for audit in ticket.audits
        if begin <= audit.at < end and any(fact[0] == "comment" and fact[3] for fact in audit.facts)
    ]
    assert busy == []
    waiting = [
        audit
        for ticket in year.tickets
        for audit in ticket.audits
        if audit.meta and begin <= audit.meta.get("original_sent_at", 0) < end
    ]
    assert waiting, "messages written during the outage arrive after it"
    assert all(audit.at >= end for audit in waiting)


def test_the_people_to_learn_from(year: World) -> None:
    solved: Counter[int] = Counter()
    silent: Counter[int] = Counter()
    erased: Counter[int] = Counter()
    for ticket in year.tickets:
        for audit in ticket.audits:
            if any(fact[:3] == ("set", "status", "solved") for fact in audit.facts) and is_agent(
                audit.author
            ):
                solved[audit.author] += 1
                silent[audit.author] += first_reply(ticket) is None
            erased[audit.author] += any(fact[0] in ("redact", "privacy") for fact in audit.facts)
    closer = year.staff.closer.agent_id
    rates = {agent: silent[agent] / count for agent, count in solved.items() if count >= 30}
    assert rates[closer] > 0.15
    assert sorted(rates, key=lambda agent: rates[agent])[-1] == closer
    assert erased.most_common(1)[0][0] == closer


def test_one_team_is_overloaded(year: World) -> None:
    waits: dict[str, list[int]] = defaultdict(list)
    slow = year.staff.slow_week
    for ticket in year.tickets:
        reply = first_reply(ticket)
        day = datetime.fromtimestamp(ticket.created, UTC).date()
        if slow[0] - timedelta(days=7) <= day <= slow[-1]:
            continue  # another team's bad week is another case
        if reply is not None and not ticket.planted & {"outbound", "proxy", "spam"}:
            waits[ticket.channel_id].append(reply[0] - ticket.created)
    assert median(waits["amazon_de"]) > 2 * median(waits["amazon_it"])
    assert median(waits["webshop_chat"]) < 900


def test_people_change(year: World) -> None:
    staff = year.staff
    left = epoch(datetime.combine(staff.leaver.left_on, datetime.min.time(), UTC))
    acted = [a.at for t in year.tickets for a in t.audits if a.author == staff.leaver.agent_id]
    assert acted
    assert max(acted) < left
    moved = staff.mover.moved_on
    assert (
        staff.mover.team_at(moved - timedelta(days=1)) == TEAM_BY_SLUG["marketplace_italy"].team_id
    )
    assert staff.mover in staff.members(TEAM_BY_SLUG["marketplace_north"].team_id, moved)
    assert staff.mover not in staff.members(TEAM_BY_SLUG["marketplace_italy"].team_id, moved)
    assert len(staff.agents) == 60
    assert len(TEAMS) == 5
    assert {agent.zone for agent in staff.agents} == {
        "Europe/Rome",
        "Europe/Bucharest",
        "Europe/Dublin",
    }


def test_opening_hours_follow_summer_time_and_holidays() -> None:
    rome = CALENDAR_BY_ID["rome_office"]
    windows = calendar_windows(rome, date(2026, 3, 27), date(2026, 4, 7))
    friday = epoch(datetime(2026, 3, 27, 8, tzinfo=UTC))
    monday = epoch(datetime(2026, 3, 30, 7, tzinfo=UTC))
    assert windows.is_open(friday)
    assert not windows.is_open(friday - 1)
    assert windows.is_open(monday)
    assert not windows.is_open(monday - 1)
    easter_monday = epoch(datetime(2026, 4, 6, 10, tzinfo=UTC))
    assert not windows.is_open(easter_monday)
    assert windows.between(friday, friday + 3600) == 3600
    due = windows.advance(friday + 9 * 3600 - 60, 120)
    assert due == epoch(datetime(2026, 3, 28, 8, tzinfo=UTC)) + 60


def test_audits_are_in_order_and_ids_unique(world: World) -> None:
    ids: set[int] = set()
    for ticket in world.tickets:
        instants = [audit.at for audit in ticket.audits]
        assert instants == sorted(instants)
        for audit in ticket.audits:
            assert audit.seen >= audit.at
            own = {ticket.audit_id(audit) + place for place in range(len(audit.facts) + 1)}
            assert not own & ids
            assert max(own) < (ticket.ticket_id + 1) * 1000
            ids |= own


def test_thanks_are_known_to_the_thanks_list() -> None:
    assert all(is_thanks(phrase) for phrases in THANKS.values() for phrase in phrases)


def test_orders_hang_together_with_tickets(world: World) -> None:
    troubled = {order.order_id for order in world.orders if order.problems}
    about = [t for t in world.tickets if t.order_id is not None]
    share = sum(t.order_id in troubled for t in about) / len(about)
    base = len(troubled) / len(world.orders)
    assert share > 1.5 * base
    placed = {order.order_id: epoch(order.placed_at) for order in world.orders}
    assert all(placed[t.order_id] <= t.created for t in about if t.order_id is not None)
