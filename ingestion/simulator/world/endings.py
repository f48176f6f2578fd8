"""How a ticket goes on after an answer and how it ends: thanks, reopenings, surveys, closing, deletion."""

from __future__ import annotations

from ingestion.simulator.world.people import ADMIN_ID, SYSTEM_ID
from ingestion.simulator.world.stories import DAY, HOUR, Story
from ingestion.simulator.world.turns import answer, bot_opening

CLOSE_AFTER = 7 * DAY
PENDING_EXPIRES_AFTER = 5 * DAY
SCRUB_AFTER = 30 * DAY
MAX_TURNS = 7


def tell(story: Story) -> None:
    """Tell the whole life of an ordinary ticket, opening included."""
    story.open(_first_tags(story))
    live_on(story)


def live_on(story: Story, asked_at: int | None = None) -> None:
    """Tell the life of a ticket that exists already, from its opening or from the message of ``asked_at`` on."""
    is_new = asked_at is None
    asked_at = story.ticket.created if asked_at is None else asked_at
    if is_new and story.channel.channel_id == "webshop_chat" and story.chance(0.4):
        contained, asked_at = bot_opening(story)
        if contained and not story.chance(0.12):
            end(story)
            return
        if contained:
            asked_at = story.customer_writes(
                story.build.last_at + story.rng.randint(600, 40 * HOUR), "more"
            )
            story.play()
    outcome = ""
    while story.turn < MAX_TURNS:
        story.turn += 1
        outcome, at = answer(story, asked_at)
        if outcome == "left":
            _sweep_up(story, at)
            return
        again = customer_again(story, outcome, at)
        if again is None:
            break
        asked_at = again
    if story.build.status not in ("solved", "closed"):
        story.build.write(
            story.build.last_at + PENDING_EXPIRES_AFTER,
            SYSTEM_ID,
            via="automation_pending",
            status="solved",
        )
    end(story, ignored=outcome == "ignored")


def _sweep_up(story: Story, forgotten_at: int) -> None:
    """What nobody came to is found when the team goes through old tickets: answered late, or closed without a word."""
    at = forgotten_at + story.rng.randint(9 * DAY, 32 * DAY)
    agent, at_work = story.holder(at)
    back = story.acts_at(agent, max(at_work, at), story.rng.randint(120, 1800))
    is_answered = story.chance(0.7)
    story.plan(
        back,
        agent.agent_id,
        via=story.agent_via,
        comment=(True, story.text("answer")) if is_answered else None,
        status="solved",
        assignee_id=agent.agent_id,
        **story.reason_change(story.reason),
    )
    story.play()
    end(story, ignored=not is_answered)


def _first_tags(story: Story) -> list[str]:
    """Tags that a routing rule sets: the product line, sometimes that the buyer is known."""
    tags = [story.product] if story.product and story.chance(0.5) else []
    if story.chance(0.02):
        tags.append("vip_buyer")
    return tags


def customer_again(story: Story, outcome: str, at: int) -> int | None:
    """The customer's next message that needs an answer, or None when the conversation is over.

    Args:
        story: the ticket.
        outcome: what the last turn left (``turns.answer``).
        at: when.

    Returns:
        Its arrival in epoch seconds.
    """
    if outcome in ("hold", "open"):
        outcome, at = _second_answer(story, outcome, at)
    if outcome == "pending":
        if story.chance(0.92 if story.is_live else 0.74):
            delay = story.rng.randint(15, 150) if story.is_live else story.around(6 * HOUR, 1.0)
            return _written(story, at + min(delay, 4 * DAY), "more")
        return None
    if outcome == "ignored":
        return (
            _written(story, at + story.around(9 * HOUR, 1.0), "again")
            if story.chance(0.42)
            else None
        )
    if story.chance(0.09):
        _thanks(story, at)
        return None
    if story.chance(0.10 if story.slow else 0.065):
        delay = min(story.around(30 * HOUR, 1.0), CLOSE_AFTER - HOUR)
        return _written(story, at + delay, "again")
    return None


def _written(story: Story, at: int, kind: str) -> int:
    arrives = story.customer_writes(at, kind)
    story.play()
    return arrives


def _second_answer(story: Story, outcome: str, at: int) -> tuple[str, int]:
    """After a hold or a promise the agent comes back on their own."""
    agent, at_work = story.holder(at + HOUR)
    delay = story.around(DAY if outcome == "hold" else 2 * HOUR, 0.6)
    back = story.acts_at(agent, max(at_work, at + delay), story.rng.randint(60, 1800))
    status = "solved" if story.chance(0.75) else "pending"
    story.plan(
        back,
        agent.agent_id,
        via=story.agent_via,
        comment=(True, story.text("update")),
        status=status,
        assignee_id=agent.agent_id,
        **story.reason_change(story.reason),
    )
    return status, story.play()


def _thanks(story: Story, at: int) -> None:
    """A thank-you reopens the ticket; the agent closes it again, mostly without a word."""
    story.ticket.planted.add("thanks")
    arrives = _written(story, at + story.around(2 * HOUR, 1.0), "thanks")
    agent, at_work = story.holder(arrives)
    back = story.acts_at(agent, max(at_work, arrives), story.rng.randint(60, 5400))
    if story.chance(0.85):
        tags = ["no_reply_needed"] if story.chance(0.35) else []
        story.plan(back, agent.agent_id, status="solved", add_tags=tags)
    else:
        story.plan(
            back,
            agent.agent_id,
            via=story.agent_via,
            comment=(True, story.text("answer")),
            status="solved",
        )
    story.play()


def end(story: Story, *, ignored: bool = False) -> None:
    """Survey, late redaction, automatic closing; a few tickets are deleted by an administrator."""
    solved_at = story.build.last_at
    if story.chance(0.75) and not story.is_marketplace:
        _survey(story, solved_at, ignored=ignored)
    if story.chance(0.004):
        story.ticket.planted.add("redaction")
        at = story.build.last_at + story.rng.randint(HOUR, 4 * DAY)
        author = story.build.assignee or ADMIN_ID
        story.build.write(at, author, facts=[("redact", 1)])
    if story.chance(0.007):
        delete(story, story.build.last_at + story.rng.randint(HOUR, 6 * DAY), ADMIN_ID)
        return
    story.build.write(
        max(solved_at + CLOSE_AFTER, story.build.last_at + HOUR),
        SYSTEM_ID,
        via="automation_close",
        status="closed",
    )


def _survey(story: Story, solved_at: int, *, ignored: bool) -> None:
    """A survey a day after solving; every fifth is answered, few answers are changed."""
    offered = story.build.write(
        solved_at + (300 if story.is_live else DAY),
        SYSTEM_ID,
        via="automation_survey",
        facts=[("survey",)],
    ).at
    assignee, group = story.build.assignee, story.build.group
    ratings = story.ticket.ratings
    ratings.append((offered, "offered", assignee, group))
    if not story.chance(0.24):
        return
    good = 0.88 - 0.11 * (story.turn - 1) - (0.2 if story.slow else 0.0) - (0.6 if ignored else 0.0)
    score = "good" if story.chance(max(0.06, good)) else "bad"
    at = min(offered + story.around(5 * HOUR, 1.0), solved_at + CLOSE_AFTER - HOUR)
    for answered in (score, "bad" if score == "good" else "good"):
        if answered != score and not story.chance(0.03):
            break
        at = story.build.write(
            at, story.ticket.requester_id, via=story.customer_via, facts=[("rating", answered)]
        ).at
        ratings.append((at, answered, assignee, group))
        at += story.rng.randint(HOUR, 5 * HOUR)


def delete(story: Story, at: int, author: int) -> None:
    """Delete the ticket at ``at``; a month later the vendor scrubs its texts."""
    story.ticket.planted.add("deleted")
    story.build.write(at, author, status="deleted")
    story.build.write(at + SCRUB_AFTER, SYSTEM_ID, via="automation", facts=[("scrub",)])
