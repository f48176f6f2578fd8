"""One turn of a conversation: the customer has written, somebody answers, hands on, ignores or forgets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ingestion.simulator.world.catalogue import HOLDING_MACRO, MACRO_BY_REASON
from ingestion.simulator.world.people import (
    BOT_ID,
    CONNECTOR_ID,
    SYSTEM_ID,
    TEAM_BY_SLUG,
    Agent,
)
from ingestion.simulator.world.stories import HOUR, Story
from ingestion.simulator.world.tickets import Fact

DEADLINE = 24 * HOUR
ESCALATIONS = TEAM_BY_SLUG["escalations"].team_id


@dataclass
class Turn:
    """A turn in the making: who holds it, since when, and when the answer is due to come."""

    asked_at: int
    agent: Agent
    reply_at: int
    assigned_at: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def answer(story: Story, asked_at: int) -> tuple[str, int]:
    """Let the desk react to a customer message of ``asked_at``.

    Returns:
        What the ticket became (``solved``, ``pending``, ``hold``, ``open``, ``ignored`` or ``left``) and when.
    """
    begin = story.stage.after_outage(story.rng, asked_at)
    agent, at_work = story.holder(begin)
    quick = story.is_live and (story.turn > 1) and at_work - begin < 600
    if quick:
        seconds = story.around(45 * agent.speed)
    else:
        agent, at_work, seconds = story.taken_up(agent, max(at_work, begin))
    turn = Turn(begin, agent, story.acts_at(agent, max(at_work, begin), seconds))
    _auto_reply(story, turn, at_work)
    _assign(story, turn, at_work)
    _more_messages(story, turn)
    _hand_on(story, turn)
    _side_work(story, turn)
    outcome = _decide(story, turn)
    story.slow = story.slow or turn.reply_at - asked_at > DEADLINE
    return outcome, story.play()


def _auto_reply(story: Story, turn: Turn, at_work: int) -> None:
    """Outside working hours a rule confirms receipt on the seller's own channels."""
    if (
        story.channel.platform in ("webshop", "chat")
        and at_work - turn.asked_at > HOUR
        and story.chance(0.7)
    ):
        story.plan(
            turn.asked_at + story.rng.randint(15, 60),
            SYSTEM_ID,
            via="rule_autoreply",
            comment=(True, story.text("auto")),
        )


def _assign(story: Story, turn: Turn, at_work: int) -> None:
    """Half of the tickets are routed to a person, the others are taken with the answer."""
    if story.build.assignee == turn.agent.agent_id:
        turn.assigned_at = turn.asked_at
        return
    if story.chance(0.8 if story.is_live else 0.55):
        latest = max(turn.asked_at + 1, turn.reply_at - 2)
        at = min(latest, max(at_work, turn.asked_at) + int(story.rng.random() * 900))
        by_rule = story.chance(0.5)
        story.plan(
            at,
            SYSTEM_ID if by_rule else turn.agent.agent_id,
            via="rule_routing" if by_rule else "web",
            assignee_id=turn.agent.agent_id,
            status="open",
        )
        turn.assigned_at = at


def _more_messages(story: Story, turn: Turn) -> None:
    """Some customers write again before they are answered."""
    at = turn.asked_at
    while story.chance(0.17):
        at += story.around(40 if story.is_live else 2400)
        if at >= turn.reply_at:
            return
        at = story.customer_writes(at, "thanks" if story.chance(0.02) else "more")


def _pass_to(
    story: Story, turn: Turn, at: int, team_id: int, seconds: int | None, **change: Any
) -> None:
    """The holder hands the ticket to somebody of ``team_id`` at ``at``."""
    other, at_work = story.stage.staff.pick(story.rng, team_id, story.day_of(at), at)
    author = turn.agent.agent_id
    story.plan(at, author, group_id=team_id, assignee_id=other.agent_id, status="open", **change)
    turn.agent, turn.assigned_at = other, at
    wait = story.waiting(other, max(at, at_work)) if seconds is None else seconds
    turn.reply_at = story.acts_at(other, max(at, at_work), wait)


def _hand_on(story: Story, turn: Turn) -> None:
    """Escalation, shift handover, or getting rid of a ticket shortly before its deadline."""
    span = turn.reply_at - turn.asked_at
    team_id = story.build.group or story.team_id
    if span > 1800 and team_id != ESCALATIONS and story.chance(turn.agent.pass_habit):
        at = turn.asked_at + int(span * story.rng.uniform(0.3, 0.9))
        _pass_to(
            story,
            turn,
            at,
            ESCALATIONS,
            None,
            comment=(False, story.text("escalate")),
            meta={"reason_code": "escalation"},
        )
    elif turn.assigned_at is None:
        return
    elif span > 20 * HOUR and story.is_marketplace and story.chance(0.22):
        at = turn.asked_at + DEADLINE - story.rng.randint(300, 3300)
        if turn.assigned_at < at < turn.reply_at:
            story.ticket.planted.add("late_reassignment")
            _pass_to(story, turn, at, team_id, story.rng.randint(400, 7000))
    elif span > 10 * HOUR and story.chance(0.12):
        end = turn.agent.windows.window_end(turn.assigned_at)
        if end is not None and turn.assigned_at < end - 300 < turn.reply_at:
            story.ticket.planted.add("handover")
            _pass_to(
                story,
                turn,
                end - 300,
                team_id,
                None,
                comment=(False, story.text("handover")),
                meta={"reason_code": "shift_handover"},
            )


def _side_work(story: Story, turn: Turn) -> None:
    """Internal notes and changes of priority while the customer waits."""
    since = turn.assigned_at or turn.asked_at
    span = turn.reply_at - since
    if span < 120:
        return
    if story.chance(turn.agent.note_habit):
        at = since + int(span * story.rng.uniform(0.4, 0.95))
        story.plan(at, turn.agent.agent_id, comment=(False, story.text("note")))
    if story.chance(0.05):
        at = since + int(span * story.rng.uniform(0.1, 0.6))
        urgent = "urgent" if story.chance(0.6) else story.rng.choice(("low", "normal", "high"))
        story.ticket.planted.add("priority_change")
        story.plan(at, turn.agent.agent_id, priority=urgent)


def _decide(story: Story, turn: Turn) -> str:
    """Answer, ignore, forget, or see that somebody answered outside the helpdesk."""
    agent = turn.agent
    if story.chance(0.006):
        return "left"
    if story.chance(0.004 + agent.ignore_habit):
        story.plan(turn.reply_at, agent.agent_id, status="solved", assignee_id=agent.agent_id)
        _erase(story, turn, own=False)
        return "ignored"
    if story.is_marketplace and story.chance(0.02):
        _outside_reply(story, turn)
        return "solved"
    status = _status_after(story, agent)
    _reply(story, turn, status)
    return status


def _status_after(story: Story, agent: Agent) -> str:
    if story.chance(0.5 if story.is_live and story.turn == 1 else agent.hit_habit):
        return "solved"
    draw = story.rng.random()
    if story.is_live:
        return "pending"
    return "pending" if draw < 0.74 else "hold" if draw < 0.87 else "open"


def _outside_reply(story: Story, turn: Turn) -> None:
    """Somebody answers on the marketplace's own site; the connector brings it in, at times a day late."""
    story.ticket.planted.add("outside_reply")
    late = story.chance(0.4)
    story.plan(
        turn.reply_at,
        CONNECTOR_ID,
        via="api",
        comment=(True, story.text("answer")),
        meta={"late_by": story.rng.randint(2, 36) * HOUR} if late else None,
    )
    closed = story.acts_at(turn.agent, turn.reply_at, story.rng.randint(900, 5 * HOUR))
    story.plan(closed, turn.agent.agent_id, status="solved", assignee_id=turn.agent.agent_id)


def _reply(story: Story, turn: Turn, status: str) -> None:
    """The agent's public answer with everything saved in the same click."""
    agent = turn.agent
    change: dict[str, Any] = {"status": status, "assignee_id": agent.agent_id}
    if story.build.fields["reason"] is None and story.chance(agent.tag_habit):
        change |= story.reason_change(story.spoken_reason(turn.reply_at))
    elif story.build.fields["reason"] not in (None, "wismo"):
        change |= story.reason_change(story.reason)
    macro = MACRO_BY_REASON.get(story.reason)
    if status in ("hold", "open"):
        macro = HOLDING_MACRO
    if macro is not None and story.turn <= 2 and story.chance(agent.macro_habit):
        change["macro"] = macro.macro_id
    kind = {"solved": "answer", "pending": "question", "hold": "update", "open": "update"}[status]
    # The desk's answer pane has a button for "this is the solution"; about half of the agents' answers use it.
    marked = status == "solved" and story.chance(0.5)
    story.plan(
        turn.reply_at,
        agent.agent_id,
        via=story.agent_via,
        comment=(True, story.text(kind)),
        meta={"is_solution": True} if marked else None,
        **change,
    )
    _mishaps(story, turn)


def _mishaps(story: Story, turn: Turn) -> None:
    """Replies that fail, are deleted at once, are deleted later; customers' comments that are erased."""
    mishap = "failed" if story.chance(0.003) else "deleted" if story.chance(0.006) else ""
    if mishap == "deleted":
        story.ticket.planted.add("deleted_reply")
        quick = story.chance(0.7)
        gone = turn.reply_at + (
            story.rng.randint(60, 840) if quick else story.rng.randint(1000, 9000)
        )
        story.plan(gone, turn.agent.agent_id, facts=[("redact_last",)])
        if story.chance(0.5):
            story.plan(
                gone + story.rng.randint(60, 700),
                turn.agent.agent_id,
                via=story.agent_via,
                comment=(True, story.text("answer")),
            )
    elif mishap == "failed":
        story.ticket.planted.add("failed_delivery")
        story.plan(turn.reply_at + 5, SYSTEM_ID, via="automation", facts=[("error_last",)])
        again = turn.reply_at + story.rng.randint(1200, 5400)
        story.plan(
            again, turn.agent.agent_id, via=story.agent_via, comment=(True, story.text("answer"))
        )
    else:
        _erase(story, turn, own=True)


def _erase(story: Story, turn: Turn, *, own: bool) -> None:
    """The habit of deleting what others can read."""
    public = story.channel.channel_class == "social_public"
    if story.chance(turn.agent.erase_habit * (1.0 if public else 0.25)):
        story.ticket.planted.add("erased_comment")
        at = turn.reply_at + story.rng.randint(120, 4000)
        hide = own and story.chance(0.4)
        facts: list[Fact] = [("hide_last",)] if hide else [("redact", 1)]
        tags = ["author_blocked"] if public and story.chance(0.2) else []
        story.plan(at, turn.agent.agent_id, facts=facts, add_tags=tags)


def bot_opening(story: Story) -> tuple[bool, int]:
    """The bot answers a chat first.

    Returns:
        Whether the customer is content with it, and the instant from which a person has to answer.
    """
    at = story.ticket.created + story.rng.randint(3, 9)
    story.build.write(
        at,
        BOT_ID,
        via=story.customer_via,
        comment=(True, story.text("bot")),
        status="pending",
        add_tags=["bot_answered"],
    )
    if story.chance(0.36):
        story.build.write(
            at + story.rng.randint(600, 1800),
            BOT_ID,
            via=story.customer_via,
            status="solved",
            assignee_id=BOT_ID,
        )
        story.ticket.planted.add("bot_contained")
        return True, story.build.last_at
    asked = story.customer_writes(at + story.rng.randint(15, 90), "more")
    story.play()
    return False, asked
