"""Satisfaction answers: which cycle was rated, who resolved it, which answer is the latest (cards `csat`, `dsat`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.oracle.cycles.resolutions import Cycle
from tests.oracle.turns.verdicts import Judge
from tests.oracle.world.canonical_rows import Row
from tests.oracle.world.history import World
from tests.oracle.world.tickets import Ticket

_AMAZON = ("amazon_yesno", "amazon_1to5")


@dataclass
class Answer:
    """One survey answer, on the root ticket."""

    root: Ticket
    row: Row
    cycle_no: int | None
    agent: str | None
    team: str | None
    is_latest: bool = False


def answers_of(world: World, judge: Judge, cycles: list[Cycle]) -> list[Answer]:
    """All answers given up to ``as_of`` with the rated cycle and its resolver."""
    by_root: dict[Any, list[Cycle]] = {}
    for cycle in cycles:
        by_root.setdefault(cycle.root.key, []).append(cycle)
    found = []
    for row in world.tables["satisfaction_responses"]:
        system = row["subject_system"] or row["source_system"]
        ticket = world.tickets.get((system, row["ticket_id"]))
        if ticket is None or row["responded_at"] > world.as_of:
            continue
        found.append(_answer(judge, row, ticket.root, by_root.get(ticket.root.key, [])))
    latest: dict[Any, Answer] = {}
    for answer in sorted(found, key=lambda a: (a.row["responded_at"], a.row["response_id"])):
        latest[_subject(answer)] = answer
    for answer in latest.values():
        answer.is_latest = True
    return found


def _answer(judge: Judge, row: Row, root: Ticket, cycles: list[Cycle]) -> Answer:
    ended = [c for c in cycles if c.ended_at is not None and c.ended_at <= row["responded_at"]]
    number = row["resolution_cycle_no"] or (ended[-1].number if ended else None)
    rated = next((cycle for cycle in cycles if cycle.number == number), None)
    agent = row["agent_id"] or (rated.resolver if rated is not None else None)
    return Answer(root, row, number, agent, judge.team_of(root, agent, row["responded_at"]))


def _subject(answer: Answer) -> tuple[Any, ...]:
    order = answer.row["order_id"] or answer.root.row["order_id"]
    if answer.row["scale"] in _AMAZON and order:
        return ("order", order)
    return ("ticket", answer.root.key, answer.cycle_no)
