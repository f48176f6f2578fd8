"""Tickets that are not ordinary: spam, tests, outbound, logged calls, merges, splits, follow-ups, the forgotten."""

from __future__ import annotations

from collections.abc import Callable

from ingestion.simulator.world.catalogue import SPAM_MACRO
from ingestion.simulator.world.endings import customer_again, delete, end, live_on, tell
from ingestion.simulator.world.people import ADMIN_ID, SYSTEM_ID
from ingestion.simulator.world.stories import DAY, HOUR, Story
from ingestion.simulator.world.tickets import Audit, Ticket

MERGED, SPLIT, FOLLOW_UP, MERGED_DEEPER = 1, 2, 3, 4
"""Places of companion tickets in the id range of the contact that caused them."""

MARKED_BY_HAND = 0.015
"""Part of the unwanted mail that gets past the filter and is marked by one person alone."""

NewStory = Callable[[int, int], Story]
"""Makes the story of a companion ticket from its place and creation instant."""


def tell_spam(story: Story) -> None:
    """Unwanted mail: the filter tags it, an agent closes it, half is deleted; one in twelve was no spam after all.

    Who closes without answering does not wait for the filter, others hardly ever.
    """
    story.ticket.planted.add("spam")
    story.ticket.order_id = None
    story.ticket.subject = ("spam", story.variant % 97, None)
    story.open(kind="spam")
    at = story.ticket.created
    agent, at_work = story.holder(at)
    seen = story.acts_at(agent, max(at, at_work), story.waiting(agent, at))
    if not story.chance(MARKED_BY_HAND + agent.ignore_habit):
        story.build.write(at + 2, SYSTEM_ID, via="rule_routing", add_tags=["spam"])
    story.build.write(
        seen,
        agent.agent_id,
        status="solved",
        assignee_id=agent.agent_id,
        add_tags=["spam", "author_blocked"] if story.chance(0.15) else ["spam"],
        macro=SPAM_MACRO.macro_id,
    )
    if story.chance(0.08):
        story.ticket.planted.add("unspam")
        story.build.write(
            seen + story.rng.randint(HOUR, DAY), ADMIN_ID, status="open", drop_tags=["spam"]
        )
        story.turn = 1
        live_on(story, _customer_asks_again(story))
    elif story.chance(0.5):
        delete(story, story.build.last_at + 60, agent.agent_id)
    else:
        story.build.write(seen + 7 * DAY, SYSTEM_ID, via="automation_close", status="closed")


def _customer_asks_again(story: Story) -> int:
    arrives = story.customer_writes(story.build.last_at + story.rng.randint(600, 6 * HOUR), "again")
    story.play()
    return arrives


def tell_test(story: Story) -> None:
    """An administrator tries the mail set-up."""
    story.ticket.planted.add("test")
    ticket = story.ticket
    ticket.requester_id = ticket.submitter_id = ADMIN_ID
    ticket.via = "web"
    story.build.write(
        ticket.created,
        ADMIN_ID,
        comment=(True, story.text("test")),
        status="new",
        group_id=story.team_id,
        add_tags=["test_ticket"],
    )
    story.build.write(ticket.created + 900, ADMIN_ID, status="solved", assignee_id=ADMIN_ID)


def tell_outbound(story: Story) -> None:
    """An agent writes first; half of the customers answer, the others never do."""
    ticket = story.ticket
    agent, at_work = story.holder(ticket.created)
    ticket.created = max(ticket.created, at_work)
    story.build.last_at = ticket.created - 1
    ticket.submitter_id = agent.agent_id
    ticket.via = "web"
    ticket.planted.add("outbound")
    change = story.reason_change(story.reason)
    story.build.write(
        ticket.created,
        agent.agent_id,
        comment=(True, story.text("outbound")),
        status="pending",
        group_id=story.team_id,
        assignee_id=agent.agent_id,
        **change,
    )
    asked_at = customer_again(story, "pending", ticket.created) if story.chance(0.6) else None
    if asked_at is None:
        ticket.planted.add("outbound_silent")
        story.build.write(
            ticket.created + 5 * DAY, SYSTEM_ID, via="automation_pending", status="solved"
        )
        end(story)
        return
    live_on(story, asked_at)


def tell_proxy(story: Story) -> None:
    """An agent logs a call that the customer made to a direct line; often solved on the spot."""
    ticket = story.ticket
    agent, at_work = story.holder(ticket.created)
    ticket.created = max(ticket.created, at_work)
    story.build.last_at = ticket.created - 1
    ticket.submitter_id = agent.agent_id
    ticket.via = "web"
    ticket.planted.add("proxy")
    change = story.reason_change(story.reason)
    change["add_tags"] = [*change.get("add_tags", []), "proxy_contact"]
    solved = story.chance(0.8)
    story.build.write(
        ticket.created,
        agent.agent_id,
        comment=(False, story.text("proxy")),
        group_id=story.team_id,
        assignee_id=agent.agent_id,
        status="solved" if solved else "open",
        **change,
    )
    if not solved:
        story.build.write(
            story.acts_at(agent, ticket.created, story.rng.randint(HOUR, 6 * HOUR)),
            agent.agent_id,
            comment=(True, story.text("answer")),
            status="solved",
        )
    end(story)


def tell_forgotten(story: Story) -> None:
    """Nobody ever answers: taken, put on hold for the carrier, and left for good."""
    story.ticket.planted.add("forgotten")
    story.open()
    at = story.ticket.created
    agent, at_work = story.holder(at)
    story.build.write(
        max(at + 60, at_work), agent.agent_id, assignee_id=agent.agent_id, status="open"
    )
    if story.chance(0.5):
        story.build.write(
            story.build.last_at + 2 * HOUR,
            agent.agent_id,
            status="hold",
            add_tags=["waiting_carrier"],
            comment=(False, story.text("note")),
        )


def tell_merged(story: Story, companion: NewStory) -> list[Ticket]:
    """The customer writes twice, an agent merges the second ticket into the first; some chains are longer.

    Returns:
        The merged secondary tickets.
    """
    story.ticket.planted.add("merge_root")
    story.open()
    created = story.ticket.created
    agent, at_work = story.holder(created)
    second = companion(MERGED, created + story.around(2400, 1.0))
    second.open()
    merge_at = max(at_work, second.ticket.created + story.rng.randint(300, 5 * HOUR))
    merged = [second]
    if story.chance(0.15):
        third = companion(MERGED_DEEPER, second.ticket.created + story.rng.randint(60, 3000))
        third.open()
        at = max(third.ticket.created + 30, second.build.last_at + 30, merge_at - 120)
        _merge(third, second, at, agent.agent_id)
        merge_at = max(merge_at, third.build.last_at + 60)
        merged.append(third)
    _merge(second, story, merge_at, agent.agent_id)
    live_on(story)
    return [entry.ticket for entry in merged]


def _merge(secondary: Story, root: Story, at: int, author: int) -> None:
    """Write both sides of a merge, as the helpdesk does: closing comment there, pointing comment here."""
    secondary.ticket.merged_into = root.ticket.ticket_id
    secondary.ticket.planted.add("merged")
    is_duplicate = secondary.chance(0.55)
    tags = ["closed_by_merge", "duplicate"] if is_duplicate else ["closed_by_merge"]
    secondary.build.write(
        at,
        author,
        via=f"merge_into:{root.ticket.ticket_id}",
        status="closed",
        comment=(False, secondary.text("merge_secondary")),
        add_tags=tags,
        meta={"reason_code": "duplicate"} if is_duplicate else None,
    )
    root.plan(
        at,
        author,
        via=f"merge_from:{secondary.ticket.ticket_id}",
        comment=(False, root.text("merge_root")),
    )
    root.play()


def tell_split(story: Story, companion: NewStory) -> list[Ticket]:
    """The ticket holds a second matter; an agent opens a ticket of its own for it.

    Returns:
        The ticket that was split off.
    """
    story.ticket.planted.add("split_origin")
    tell(story)
    at = next(
        (audit.at for audit in story.ticket.audits if audit.author >= 0 and audit.author < 10**9),
        None,
    )
    if at is None:
        return []
    author = next(audit.author for audit in story.ticket.audits if audit.at == at)
    other = companion(SPLIT, at + 90)
    ticket = other.ticket
    ticket.split_from = story.ticket.ticket_id
    ticket.submitter_id = author
    ticket.via = f"split:{story.ticket.ticket_id}"
    ticket.planted.add("split")
    other.build.write(
        ticket.created,
        author,
        via=ticket.via,
        comment=(True, other.text("open")),
        comment_author=ticket.requester_id,
        status="new",
        group_id=other.team_id,
        add_tags=["split"],
    )
    live_on(other)
    return [ticket]


def tell_follow_up(story: Story, companion: NewStory) -> list[Ticket]:
    """The customer answers a closed ticket: the helpdesk makes a follow-up of it.

    Returns:
        The follow-up, if the ticket was closed at all.
    """
    tell(story)
    if story.build.status != "closed":
        return []
    other = companion(FOLLOW_UP, story.build.last_at + story.rng.randint(HOUR, 20 * DAY))
    other.ticket.follow_up_of = story.ticket.ticket_id
    other.ticket.planted.add("follow_up")
    other.customer_via = f"follow_up:{story.ticket.ticket_id}:{story.customer_via}"
    other.open()
    other.customer_via = story.customer_via
    live_on(other)
    return [other.ticket]


def redeliver(ticket: Ticket, seconds: int) -> None:
    """The relay delivers the first message twice: same author and text, another comment a few minutes later."""
    first = ticket.audits[0]
    comment = next((fact for fact in first.facts if fact[0] == "comment"), None)
    if comment is None:
        return
    count = 1 + max(
        fact[1] for audit in ticket.audits for fact in audit.facts if fact[0] == "comment"
    )
    number = max(audit.number + len(audit.facts) for audit in ticket.audits) + 2
    again = Audit(
        number,
        first.at + seconds,
        first.author,
        first.via,
        [("comment", count, *comment[2:])],
        first.meta,
    )
    ticket.planted.add("duplicate_delivery")
    ticket.audits.append(again)
    ticket.audits.sort(key=lambda audit: audit.at)


def tell_recall(story: Story, agent_id: int, closes_at: int) -> None:
    """One letter of a recall: an agent writes to a buyer and, days later, closes all such tickets in one go."""
    ticket = story.ticket
    ticket.submitter_id = agent_id
    ticket.via = "web"
    ticket.planted |= {"outbound", "recall"}
    story.build.write(
        ticket.created,
        agent_id,
        comment=(True, story.text("outbound")),
        status="pending",
        group_id=story.team_id,
        assignee_id=agent_id,
        **story.reason_change(story.reason),
    )
    story.build.write(closes_at, agent_id, status="solved")
    story.build.write(closes_at + 7 * DAY, SYSTEM_ID, via="automation_close", status="closed")
