"""Calls to the hotline: a queue, a voice, at times nobody. They never reach the helpdesk."""

from __future__ import annotations

from dataclasses import dataclass

from ingestion.simulator.world.stories import Story


@dataclass(slots=True)
class Call:
    """One call, in epoch seconds. ``answered_at`` or ``abandoned_at`` is set, ``ended_at`` with the former."""

    call_id: int
    buyer_id: int
    language: str
    order_id: str | None
    reason: str
    queued_at: int
    agent_id: int | None = None
    answered_at: int | None = None
    ended_at: int | None = None
    abandoned_at: int | None = None


def phone_call(story: Story) -> Call:
    """Tell one call: answered within seconds by somebody on shift, or given up."""
    ticket, rng = story.ticket, story.rng
    at = ticket.created
    call = Call(
        ticket.ticket_id, ticket.requester_id, ticket.language, ticket.order_id, story.reason, at
    )
    agent, at_work = story.stage.staff.pick(rng, story.team_id, story.day_of(at), at, tries=6)
    begin, end = story.stage.outage
    wait = story.waiting(agent, at)
    patience = story.around(150, 0.7)
    if at_work > at or wait > patience or begin <= at < end:
        # Outside the hotline's hours a tape answers: callers hang up quickly.
        call.abandoned_at = at + (rng.randint(3, 40) if at_work > at else patience)
        return call
    call.agent_id = agent.agent_id
    call.answered_at = at + wait
    call.ended_at = call.answered_at + story.around(240 * (0.7 + 0.3 * agent.speed), 0.5)
    return call
