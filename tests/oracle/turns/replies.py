"""First and next replies of turns by month.

`frt`, `nrt`, `reaction_time`, `frt_any`, `contact_volume`, `bot_containment_rate`.
"""

from __future__ import annotations

from tests.oracle.numbers.kpis import NO_AGENT, Collector
from tests.oracle.turns.obligations import Obligation
from tests.oracle.turns.stretches import incident
from tests.oracle.world.canonical_rows import SECOND


def _start_team(row: Obligation) -> str | None:
    team: str | None = row.turn.ticket.value("team").at(row.turn.started_at)
    return team


def count_replies(found: Collector, row: Obligation) -> None:
    turn, root = row.turn, row.root
    if turn.mode in ("proxy", "case"):
        return
    if row.state == "answered" and turn.satisfied_at is not None:
        kpi = "frt" if turn.kind == "first" else "nrt"
        at, team, agent = turn.satisfied_at, row.responder_team, turn.responder
        found.clocks(kpi, at, root, team, agent, row.elapsed_cal_s, row.elapsed_bus_s)
        is_hit = incident(found.facts.world, turn.ticket, turn.available_at, _start_team(row))
        person = NO_AGENT if is_hit else agent
        found.clocks(
            "reaction_time", at, root, team, person, row.reaction_cal_s, row.reaction_bus_s
        )
    answer = row.any_answer_at
    if turn.kind == "first" and row.state != "excluded" and answer is not None:
        seconds = (answer - turn.started_at) // SECOND
        found.add(
            "frt_any", answer, root, _start_team(row), NO_AGENT, seconds=seconds, clock="calendar"
        )


def count_contacts(found: Collector, row: Obligation) -> None:
    if row.turn.kind in ("first", "next") and row.state != "excluded":
        found.add("contact_volume", row.turn.started_at, row.root, _start_team(row), NO_AGENT)


def count_bot_turns(found: Collector) -> None:
    for row in found.facts.obligations:
        solved = found.facts.ends.get(id(row.root))
        if row.state == "excluded" or not row.is_bot_first or not solved:
            continue
        later = [when for when in solved if when >= row.turn.started_at]
        hit = int(row.state == "answered_by_bot")
        when = later[0] if later else solved[-1]
        found.add("bot_containment_rate", when, row.root, _start_team(row), NO_AGENT, hit=hit, of=1)
