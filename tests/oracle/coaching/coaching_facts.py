"""What coaching flags count (catalogue §13): contacts, issues, replies, resolutions, taggings and reviews."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from tests.oracle.coaching.coaching_rules import untold
from tests.oracle.cycles.issues import issue_facts
from tests.oracle.cycles.resolutions import MATURITY
from tests.oracle.numbers.kpis import Facts, Recorder
from tests.oracle.people.handle_times import contacts_worked
from tests.oracle.people.time import source_of
from tests.oracle.quality.reviews import TRAINABLE, judged_reviews
from tests.oracle.reasons.macros import collect_macros
from tests.oracle.reasons.reasons import reason_name
from tests.oracle.reasons.tag_windows import tag_windows
from tests.oracle.world.keys import agent_of, key
from tests.oracle.world.tickets import Ticket, is_human_reply

ALL = "all"


@dataclass(frozen=True)
class Counted:
    """One fact of one person: flag, reason it is about, system it can be compared in, ticket, instant, its parts."""

    flag: str
    subject: str
    source: str
    agent: str | None
    ticket: str | None
    at: int
    numerator: float
    denominator: float


def counted(facts: Facts) -> Iterator[Counted]:
    """Facts of the flags about reasons, reopenings, changed reasons and quality."""
    silent: dict[str, set[str]] = {}
    for part in (_contacts, _issues, _replies, _resolutions, _taggings, _reviews):
        for fact in part(facts):
            if fact.flag not in silent:
                silent[fact.flag] = _unseen(facts, fact.flag)
            if fact.ticket not in silent[fact.flag]:
                yield fact


def _unseen(facts: Facts, flag: str) -> set[str]:
    """Keys of tickets whose source does not tell what a flag reads."""
    sources = untold(facts, flag)
    return {
        str(ticket_key(ticket))
        for ticket in facts.world.tickets.values()
        if ticket.row["source_system"] in sources
    }


def ticket_key(ticket: Ticket) -> str | None:
    """Key of a ticket as the warehouse builds it."""
    return key(ticket.row["tenant_id"], ticket.row["source_system"], ticket.row["ticket_id"])


def person_key(ticket: Ticket, agent: object) -> str | None:
    """Key of somebody named by the system of a ticket."""
    return agent_of(ticket.row["tenant_id"], ticket.row["source_system"], agent)


def top_reasons(facts: Facts) -> set[str]:
    """The five largest reasons of the company in the last thirty days."""
    return {
        name
        for (days, kind, _, name), row in tag_windows(facts).items()
        if (days, kind) == (30, "company") and row["is_top5"]
    }


def _about(facts: Facts, tops: set[str], root: Ticket) -> str | None:
    name = reason_name(facts, root)
    return name if name in tops else None


def _contacts(facts: Facts) -> Iterator[Counted]:
    tops = top_reasons(facts)
    for row, parts in contacts_worked(facts):
        subject = _about(facts, tops, row.root)
        if subject is None:
            continue
        own: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for agent, seconds, ended in parts:
            own[agent] = [own[agent][0] + seconds, max(own[agent][1], ended)]
        ticket = ticket_key(row.root)
        for agent, (seconds, ended) in own.items():
            yield Counted("high_aht_reason", subject, ALL, agent, ticket, ended, seconds, 1)


def _issues(facts: Facts) -> Iterator[Counted]:
    tops = top_reasons(facts)
    for fact in issue_facts(facts):
        subject = _about(facts, tops, fact.root)
        if fact.kpi == "fcr_operational" and subject is not None:
            agent, ticket = person_key(fact.root, fact.agent), ticket_key(fact.root)
            yield Counted("low_fcr_reason", subject, ALL, agent, ticket, fact.when, fact.hit, 1)


def _replies(facts: Facts) -> Iterator[Counted]:
    tops = top_reasons(facts)
    for ticket in facts.world.tickets.values():
        subject = _about(facts, tops, ticket.root)
        if subject is None or facts.world.exclusion(ticket.root) is not None:
            continue
        for message in ticket.messages:
            if is_human_reply(message):
                yield Counted(
                    "macro_unused",
                    subject,
                    source_of(message),
                    person_key(ticket, message["author_id"]),
                    ticket_key(ticket.root),
                    message["sent_at"],
                    int(message["macro_id"] is not None),
                    1,
                )


def _resolutions(facts: Facts) -> Iterator[Counted]:
    for cycle in facts.cycles:
        ended = cycle.ended_at
        if ended is None or cycle.exclusion or ended + MATURITY > facts.world.as_of:
            continue
        agent, hit = person_key(cycle.root, cycle.resolver), int(cycle.is_reopened_within_7d)
        yield Counted("reopen_outlier", ALL, ALL, agent, ticket_key(cycle.root), ended, hit, 1)


def _taggings(facts: Facts) -> Iterator[Counted]:
    found = Recorder(facts)
    collect_macros(found)
    for fact in found.rows:
        if fact.kpi == "retag_rate":
            agent, ticket = person_key(fact.root, fact.agent), ticket_key(fact.root)
            yield Counted("retag_outlier", ALL, ALL, agent, ticket, fact.when, fact.hit, 1)


def _reviews(facts: Facts) -> Iterator[Counted]:
    for row, ticket, items in judged_reviews(facts):
        agent = agent_of(row["tenant_id"], source_of(row), row["agent_id"])
        root = ticket_key(ticket.root) if ticket is not None else None
        earned = 0.0 if row["critical_fail"] else row["points_earned"]
        about = (ALL, ALL, agent, root, row["reviewed_at"])
        errors = sum(
            item["error_cause"] in TRAINABLE and item["training_related"] is not False
            for item in items
        )
        yield Counted("quality_below_min", *about, earned, row["points_possible"])
        yield Counted("knowledge_gap", *about, errors, 1)
