"""The whole world: people, orders, tickets and calls, as a function of the options."""

from __future__ import annotations

import contextlib
import gc
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import NamedTuple

from ingestion.simulator.world.buyers import Buyers
from ingestion.simulator.world.calendars import CALENDAR_BY_ID, calendar_windows, epoch
from ingestion.simulator.world.catalogue import (
    CHANNEL_BY_ID,
    CHANNELS,
    REASON_BY_PROBLEM,
    REASONS,
    Channel,
    reason_weights,
)
from ingestion.simulator.world.commerce import build_orders
from ingestion.simulator.world.commerce_model import Order
from ingestion.simulator.world.conversations import Conversation
from ingestion.simulator.world.demand import OrderBook, arrival, contact_factor, outage_window
from ingestion.simulator.world.endings import tell
from ingestion.simulator.world.fixes import prevented_share
from ingestion.simulator.world.options import SimulatorOptions
from ingestion.simulator.world.people import Staff
from ingestion.simulator.world.phone import Call, phone_call
from ingestion.simulator.world.special_stories import (
    NewStory,
    redeliver,
    tell_follow_up,
    tell_forgotten,
    tell_merged,
    tell_outbound,
    tell_proxy,
    tell_recall,
    tell_spam,
    tell_split,
    tell_test,
)
from ingestion.simulator.world.stories import HOUR, Stage, Story
from ingestion.simulator.world.threads import conversations_of
from ingestion.simulator.world.tickets import Ticket
from ingestion.simulator.world.workforce import Workforce
from ingestion.simulator.world.workload import Workload

_ID_EPOCH = date(2020, 1, 1)
_PLACES_PER_CONTACT = 8
_CONTACTS_PER_DAY = 12_500
RECALL_LETTERS = 26
"""Buyers whom one agent writes to on one day, and whose tickets that agent closes in six minutes."""

PROBLEM_SHARE = 0.3
"""At most this part of a day's contacts comes from orders in trouble; the rest has other causes."""

CALLERS_KNOW_HOURS = 0.9
DAYS_DIFFER = 0.25
"""Spread of a day's contacts around the season: newsletters, carriers, the weather."""

_CHANNEL_OF_ACCOUNT = {
    "amazon.it": ("amazon_it",),
    "amazon.de": ("amazon_de",),
    "amazon.co.uk": ("amazon_uk",),
    "ebay.de": ("ebay_de",),
    "ebay.it": ("ebay_it",),
    "webshop": ("webshop_email", "webshop_email", "webshop_chat", "phone"),
}
_KINDS = (
    ("spam", 0.025),
    ("merge", 0.047),
    ("outbound", 0.059),
    ("follow_up", 0.073),
    ("proxy", 0.083),
    ("split", 0.091),
    ("test", 0.0925),
)
"""Kinds of contacts that are not ordinary, with cumulative shares."""


class Contact(NamedTuple):
    """Somebody turns to the seller: ``number`` counts those of a day, ``place`` those of the world."""

    number: int
    place: int
    channel: Channel
    reason: str
    at: int
    order: Order | None


@contextlib.contextmanager
def without_collection() -> Iterator[None]:
    """Pause the cyclic garbage collector: millions of new small objects without cycles cost it a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class World:
    """Everything that happens at the seller; ``tickets`` and ``calls`` are told at construction.

    A day's contacts depend on the seed, the day and the orders alone, so a longer world begins with the same days.
    """

    def __init__(self, options: SimulatorOptions) -> None:
        self.options = options
        self.orders: Sequence[Order] = build_orders(options)
        self.staff = Staff(options)
        self.buyers = Buyers()
        self.tickets: list[Ticket] = []
        self.outside_tickets: list[Ticket] = []
        self.calls: list[Call] = []
        self._book = OrderBook(self.orders)
        self._hotline = calendar_windows(
            CALENDAR_BY_ID["dublin_office"],
            options.start,
            options.start + timedelta(days=options.days),
        )
        self._weights = [channel.share for channel in CHANNELS]
        with without_collection():
            days = [options.start + timedelta(days=offset) for offset in range(options.days)]
            planned = [list(self._contacts(day)) for day in days]
            self.stage = self._stage(days, planned)
            for offset, day in enumerate(days):
                for contact in planned[offset]:
                    self._tell_contact(contact, forgotten=contact.number == 0 and offset < 3)
                if day == self.staff.recall_day:
                    self._tell_recall(day)
        self.tickets.sort(key=lambda ticket: (ticket.created, ticket.ticket_id))

    @cached_property
    def ticket_by_id(self) -> dict[int, Ticket]:
        """Helpdesk tickets by id."""
        return {ticket.ticket_id: ticket for ticket in self.tickets}

    @cached_property
    def workforce(self) -> Workforce:
        """What people's time went into."""
        return Workforce(self.options, self.staff, self.tickets, self.calls)

    def conversations(self, account_id: str, at: datetime) -> Sequence[Conversation]:
        """Buyer conversations of a marketplace account as known at ``at``."""
        told = [*self.tickets, *self.outside_tickets]
        return conversations_of(account_id, told, self.buyers, epoch(at))

    def _stage(self, days: Sequence[date], planned: Sequence[Sequence[Contact]]) -> Stage:
        """Where the tickets play: people, outage, and how much each team has to do on each day."""
        asked = (
            (contact.channel.team, day)
            for day, contacts in zip(days, planned, strict=True)
            for contact in contacts
            if contact.channel.via is not None
        )
        return Stage(
            self.staff,
            self.options.start,
            self.options.plan_days,
            outage_window(self.options.start, self.options.plan_days),
            Workload(self.staff.agents, self.options.tickets_per_day, asked),
        )

    def _contacts(self, day: date) -> Iterator[Contact]:
        """Who writes or calls on ``day``, and about what."""
        rng = random.Random(f"{self.options.seed}|day|{day.isoformat()}")
        wanted = (
            self.options.tickets_per_day
            * contact_factor(day)
            * rng.lognormvariate(0.0, DAYS_DIFFER)
        )
        count = min(int(wanted + rng.random()), _CONTACTS_PER_DAY)
        problems = self._book.problems.get(day, [])
        chosen = rng.sample(problems, min(len(problems), int(count * PROBLEM_SHARE)))
        weights = reason_weights(day, self.options.start, self.options.plan_days)
        for number in range(count):
            problem = chosen[number] if number < len(chosen) else None
            contact = self._contact(day, number, weights, problem)
            if contact is not None:
                yield contact

    def _contact(
        self,
        day: date,
        number: int,
        weights: list[float],
        problem: tuple[int, Order, str] | None,
    ) -> Contact | None:
        """One contact; None when a fix has prevented it."""
        rng = random.Random(f"{self.options.seed}|{day.toordinal()}|{number}")
        if problem is not None:
            at, order, kind = problem
            choices = _CHANNEL_OF_ACCOUNT[order.account_id]
            channel = CHANNEL_BY_ID[choices[int(rng.random() * len(choices))]]
            written = self._arrival(rng, day, channel)
            # Nobody writes before noticing; callers wait for the hotline to open.
            at = written if channel.channel_id == "phone" else max(at, written)
            reason = rng.choice(REASON_BY_PROBLEM[kind])
            about: Order | None = order
        else:
            channel = rng.choices(CHANNELS, self._weights)[0]
            at = self._arrival(rng, day, channel)
            reason = rng.choices(REASONS, weights)[0].tag
            about = self._order_for(rng, channel, at)
        if rng.random() < prevented_share(self.options, reason, channel.platform, day):
            return None
        place = ((day - _ID_EPOCH).days * _CONTACTS_PER_DAY + number) * _PLACES_PER_CONTACT
        return Contact(number, place, channel, reason, at, about)

    def _tell_contact(self, contact: Contact, *, forgotten: bool) -> None:
        _, place, channel, reason, at, about = contact
        rng = random.Random(f"{self.options.seed}|told|{place}")
        story = self._story(rng, place, channel, reason, at, about)
        if channel.channel_id == "phone":
            self.calls.append(phone_call(story))
        elif channel.channel_id == "ebay_it":
            tell(story)
            self.outside_tickets.append(story.build.finish())
        else:
            self._tell_ticket(story, rng, place, about, forgotten=forgotten)

    def _tell_recall(self, day: date) -> None:
        """A batch of letters about a faulty article; their common end is the one bulk closing of the world."""
        channel = CHANNEL_BY_ID["webshop_email"]
        sender = self.staff.recaller
        begin = sender.windows.next_open(epoch(datetime.combine(day, time(9), UTC)))
        closing = begin and sender.windows.next_open(begin + 40 * HOUR)
        if begin is None or closing is None:
            return
        for number in range(RECALL_LETTERS):
            rng = random.Random(f"{self.options.seed}|recall|{number}")
            last = (day - _ID_EPOCH).days * _CONTACTS_PER_DAY + _CONTACTS_PER_DAY - 1
            place = (last - number) * _PLACES_PER_CONTACT
            at = begin + number * 70 + int(rng.random() * 30)
            order = self._book.recent(rng, "webshop", at)
            story = self._story(rng, place, channel, "missing_part", at, order)
            tell_recall(story, sender.agent_id, closing + 600 + number * 14)
            self.tickets.append(story.ticket)

    def _arrival(self, rng: random.Random, day: date, channel: Channel) -> int:
        """Callers mostly know the hotline's hours; writers write when they like."""
        at = arrival(rng, day, channel.modality)
        if channel.channel_id == "phone" and rng.random() < CALLERS_KNOW_HOURS:
            for _ in range(6):
                if self._hotline.is_open(at):
                    break
                at = arrival(rng, day, channel.modality)
        return at

    def _order_for(self, rng: random.Random, channel: Channel, at: int) -> Order | None:
        if channel.account_id is not None:
            return self._book.recent(rng, channel.account_id, at)
        share = 0.12 if channel.brand == "Social" else 0.8
        return self._book.recent(rng, "webshop", at) if rng.random() < share else None

    def _story(
        self,
        rng: random.Random,
        place: int,
        channel: Channel,
        reason: str,
        at: int,
        order: Order | None,
    ) -> Story:
        draw = rng.random()
        language = next(word for word, limit in channel.languages if draw < limit)
        if order is not None:
            platform, buyer_id = order.platform, order.buyer_id
        else:
            platform, buyer_id = channel.platform, f"visitor-{place // _PLACES_PER_CONTACT}"
        user = self.buyers.meet(
            platform, buyer_id, language, at, is_business=order is not None and order.is_business
        )
        ticket = Ticket(place, channel.channel_id, user.user_id, language, at)
        ticket.order_id = order.order_id if order is not None else None
        ticket.account_id = channel.account_id
        ticket.reason = reason
        ticket.subject = (reason, place % 97, ticket.order_id)
        story = Story(self.stage, rng, ticket, channel, reason)
        story.product = order.category if order is not None else None
        return story

    def _tell_ticket(
        self, story: Story, rng: random.Random, place: int, order: Order | None, *, forgotten: bool
    ) -> None:
        def companion(number: int, at: int) -> Story:
            return self._story(rng, place + number, story.channel, story.reason, at, order)

        told = [story.ticket, *self._tell_kind(story, rng, companion, forgotten=forgotten)]
        for ticket in told:
            ticket.audits.sort(key=lambda audit: audit.at)
            if story.is_marketplace and "merge_root" not in ticket.planted and rng.random() < 0.008:
                redeliver(ticket, rng.randint(40, 400))
            if rng.random() < 0.01:
                _arrive_late(ticket, rng)
        self.tickets.extend(told)

    def _tell_kind(
        self, story: Story, rng: random.Random, companion: NewStory, *, forgotten: bool
    ) -> list[Ticket]:
        draw = rng.random()
        if forgotten and story.channel.channel_class != "live_chat":
            tell_forgotten(story)
            return []
        kind = next((kind for kind, limit in _KINDS if draw < limit), "")
        if story.is_live and kind in ("spam", "merge", "outbound", "proxy", "split"):
            kind = ""
        if kind == "merge":
            return tell_merged(story, companion)
        if kind == "split":
            return tell_split(story, companion)
        if kind == "follow_up":
            return tell_follow_up(story, companion)
        {"spam": tell_spam, "outbound": tell_outbound, "proxy": tell_proxy, "test": tell_test}.get(
            kind, tell
        )(story)
        return []


def _arrive_late(ticket: Ticket, rng: random.Random) -> None:
    """One note of the ticket is shown by the vendor hours after its own time."""
    for audit in ticket.audits[1:]:
        if len(audit.facts) == 1 and audit.facts[0][0] == "comment" and audit.seen == audit.at:
            audit.seen = audit.at + rng.randint(2 * HOUR, 36 * HOUR)
            ticket.planted.add("late_arrival")
            return
