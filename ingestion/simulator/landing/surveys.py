"""The survey tool beside the helpdesk's own ratings, and the answers Amazon's buyers gave about messages.

The tool asks whose helpdesk rating is missing, so that nobody is asked twice: stars, whether the matter is settled, and
how often it took writing. Amazon asked yes or no first and one to five since the change of its survey.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from ingestion.simulator.clock import iso_z
from ingestion.simulator.landing.sheets import HELPDESK, TELEPHONY, Row, Tables, row
from ingestion.simulator.world.calendars import epoch
from ingestion.simulator.world.catalogue import CHANNEL_BY_ID
from ingestion.simulator.world.options import SimulatorOptions
from ingestion.simulator.world.people import ADMIN_ID
from ingestion.simulator.world.phone import Call
from ingestion.simulator.world.stories import DAY, HOUR
from ingestion.simulator.world.tickets import Fact, Ticket
from ingestion.simulator.world.world import World

SURVEY = "survey"
AMAZON_SURVEY = "amazon_survey"
ASKED_AFTER = 3 * DAY
_ANSWER_SHARE = 0.26
_CALL_ANSWER_SHARE = 0.22
_AMAZON_ANSWER_SHARE = 0.16
_CHANGED_SHARE = 0.05
_SUPPRESSED = ((0.05, "asked_within_30_days"), (0.07, "opted_out"))


def survey_tables(world: World, at: datetime) -> Tables:
    """Surveys sent and answers given by ``at``."""
    instant = epoch(at)
    sends: list[Row] = []
    answers: list[Row] = []
    for ticket in world.tickets:
        if ticket.created > instant:
            break
        solved_at = first_solved(ticket)
        if solved_at is None or solved_at + ASKED_AFTER > instant:
            continue
        if not {"spam", "test", "deleted"} & ticket.planted:
            _ask(world, ticket, solved_at + ASKED_AFTER, instant, sends, answers)
    for call in world.calls:
        if call.ended_at is not None and call.ended_at + HOUR <= instant:
            _ask_caller(world, call, instant, sends, answers)
    answers.extend(_amazon_row(answer) for answer in amazon_answers(world) if answer.at <= instant)
    yield "survey_sends", sends
    yield "satisfaction_responses", answers


def amazon_survey_change(options: SimulatorOptions) -> date:
    """Day from which Amazon asks for one to five instead of yes or no."""
    return options.start + timedelta(days=options.plan_days * 3 // 4)


def first_solved(ticket: Ticket) -> int | None:
    """Instant of the first change to solved."""
    for audit in ticket.audits:
        if any(fact[:3] == ("set", "status", "solved") for fact in audit.facts):
            return audit.at
    return None


def messages_until(ticket: Ticket, instant: int) -> int:
    """Customer messages of a ticket up to ``instant``."""
    return sum(
        audit.at <= instant and audit.author == ticket.requester_id and _has_comment(audit.facts)
        for audit in ticket.audits
    )


def _has_comment(facts: list[Fact]) -> bool:
    return any(fact[0] == "comment" for fact in facts)


def _ask(
    world: World, ticket: Ticket, asked_at: int, instant: int, sends: list[Row], answers: list[Row]
) -> None:
    channel = CHANNEL_BY_ID[ticket.channel_id]
    rated = any(at <= asked_at and score != "offered" for at, score, *_ in ticket.ratings)
    if channel.channel_class in ("marketplace_message", "social_public") or rated:
        return
    rng = random.Random(f"{world.options.seed}|survey|{ticket.ticket_id}")
    survey_id, ticket_id = f"s{ticket.ticket_id}", str(ticket.ticket_id)
    answered = _send(rng, survey_id, ticket.channel_id, HELPDESK, ticket_id, asked_at, sends)
    responded_at = asked_at + int(rng.lognormvariate(0.0, 1.0) * 6 * HOUR)
    if not answered or rng.random() >= _ANSWER_SHARE or responded_at > instant:
        return
    count = messages_until(ticket, asked_at)
    trouble = 0.12 * (count - 1) + (0.5 if was_ignored(ticket, asked_at) else 0.0)
    answers.append(_answer(rng, survey_id, HELPDESK, ticket_id, responded_at, trouble, count))


def _ask_caller(
    world: World, call: Call, instant: int, sends: list[Row], answers: list[Row]
) -> None:
    rng = random.Random(f"{world.options.seed}|survey|call|{call.call_id}")
    ticket_id = f"call-{call.call_id}"
    asked_at = (call.ended_at or 0) + HOUR
    answered = _send(rng, ticket_id, "phone", TELEPHONY, ticket_id, asked_at, sends)
    responded_at = asked_at + int(rng.lognormvariate(0.0, 1.0) * 2 * HOUR)
    if answered and rng.random() < _CALL_ANSWER_SHARE and responded_at <= instant:
        answers.append(_answer(rng, ticket_id, TELEPHONY, ticket_id, responded_at, 0.05, 1))


def _send(
    rng: random.Random,
    survey_id: str,
    channel_id: str,
    system: str,
    ticket_id: str,
    at: int,
    sends: list[Row],
) -> bool:
    """Enter a survey; True when it really went out."""
    draw = rng.random()
    suppressed = next((reason for limit, reason in _SUPPRESSED if draw < limit), None)
    sends.append(
        row(
            SURVEY,
            survey_sent_id=survey_id,
            ticket_id=ticket_id,
            sent_at=iso_z(at),
            channel_id=channel_id,
            suppressed_reason=suppressed,
            subject_system=system,
        )
    )
    return suppressed is None


def _answer(
    rng: random.Random,
    survey_id: str,
    system: str,
    ticket_id: str,
    at: int,
    trouble: float,
    messages: int,
) -> Row:
    """Stars, the resolved question (a few skip it) and how often the customer says to have written."""
    solved = rng.random() < max(0.1, 0.9 - trouble)
    stars = rng.choices((1, 2, 3, 4, 5), (2, 3, 10, 35, 50) if solved else (35, 30, 20, 10, 5))[0]
    says = messages + (1 if rng.random() < 0.08 else 0)
    return _response(
        SURVEY,
        system,
        f"{survey_id}-a",
        ticket_id,
        at,
        "stars5",
        str(stars),
        survey_sent_id=survey_id,
        resolved_answer=None if rng.random() < 0.06 else "yes" if solved else "no",
        contacts_needed_answer="3+" if says >= 3 else str(max(1, says)),
    )


def _response(
    source: str,
    system: str,
    response_id: str,
    ticket_id: str,
    at: int,
    scale: str,
    score: str,
    **more: str | None,
) -> Row:
    return row(
        source,
        response_id=response_id,
        survey_sent_id=more.get("survey_sent_id"),
        ticket_id=ticket_id,
        order_id=more.get("order_id"),
        responded_at=iso_z(at),
        scale=scale,
        raw_score=score,
        resolved_answer=more.get("resolved_answer"),
        contacts_needed_answer=more.get("contacts_needed_answer"),
        subject_system=system,
    )


def was_ignored(ticket: Ticket, until: int) -> bool:
    """Whether somebody of the desk had solved the ticket without a word by ``until``."""
    return any(
        audit.at <= until
        and audit.author > ADMIN_ID
        and audit.author != ticket.requester_id
        and not _has_comment(audit.facts)
        and any(fact[:3] == ("set", "status", "solved") for fact in audit.facts)
        for audit in ticket.audits
    )


@dataclass(frozen=True, slots=True)
class AmazonAnswer:
    """What a buyer answered about the messages of one order; ``number`` 2 replaces 1."""

    ticket: Ticket
    number: int
    at: int
    scale: str
    score: str


def amazon_answers(world: World) -> list[AmazonAnswer]:
    """Every answer of Amazon's buyers there will ever be, in order of time; a few answer twice about one order."""
    day = amazon_survey_change(world.options)
    change = epoch(datetime(day.year, day.month, day.day, tzinfo=UTC))
    found: list[AmazonAnswer] = []
    for ticket in world.tickets:
        platform = CHANNEL_BY_ID[ticket.channel_id].platform
        if platform == "amazon" and ticket.order_id is not None:
            found.extend(_amazon_answers_of(world, ticket, change))
    return sorted(found, key=lambda answer: (answer.at, answer.ticket.ticket_id))


def _amazon_answers_of(world: World, ticket: Ticket, change: int) -> Iterator[AmazonAnswer]:
    solved_at = first_solved(ticket)
    rng = random.Random(f"{world.options.seed}|amazon-survey|{ticket.ticket_id}")
    if solved_at is None or rng.random() >= _AMAZON_ANSWER_SHARE:
        return
    at = solved_at + int(rng.lognormvariate(0.0, 0.8) * 20 * HOUR)
    count = messages_until(ticket, solved_at)
    happy = 0.86 - 0.1 * (count - 1) - (0.4 if was_ignored(ticket, solved_at) else 0.0)
    for number in range(1, 3 if rng.random() < _CHANGED_SHARE else 2):
        is_good = rng.random() < (max(0.15, happy) if number == 1 else 0.8)
        stars, weights = ((4, 5, 3), (30, 62, 8)) if is_good else ((1, 2, 3), (50, 35, 15))
        star = rng.choices(stars, weights)[0]
        if at >= change:
            yield AmazonAnswer(ticket, number, at, "amazon_1to5", str(star))
        else:
            yield AmazonAnswer(ticket, number, at, "amazon_yesno", "yes" if is_good else "no")
        at += rng.randint(DAY, 5 * DAY)


def _amazon_row(answer: AmazonAnswer) -> Row:
    ticket_id = str(answer.ticket.ticket_id)
    return _response(
        AMAZON_SURVEY,
        HELPDESK,
        f"amazon-{ticket_id}-{answer.number}",
        ticket_id,
        answer.at,
        answer.scale,
        answer.score,
        order_id=answer.ticket.order_id,
    )
