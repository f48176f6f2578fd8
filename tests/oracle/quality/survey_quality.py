"""What surveys say of first contacts, and how many answer (`fcr_survey`, `survey_response_rate`)."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tests.oracle.cycles.issues import _Issues
from tests.oracle.cycles.resolutions import Cycle
from tests.oracle.numbers.kpis import Facts, Value
from tests.oracle.numbers.statistics import month_of
from tests.oracle.numbers.tally import Scope, Tally, scopes_of
from tests.oracle.people.handle_times import CONTACTS
from tests.oracle.people.time import source_of
from tests.oracle.world.canonical_rows import Row
from tests.oracle.world.keys import UNOWNED, agent_of
from tests.oracle.world.tickets import Ticket

# ---- surveys


def survey_values(facts: Facts) -> list[Value]:
    """`survey_response_rate` with what was suppressed, and `fcr_survey`."""
    world, rates, counts = facts.world, Tally(facts), Tally(facts)
    sends: dict[int, list[tuple[int, str, Row, Ticket]]] = defaultdict(list)
    by_root: dict[int, list[Cycle]] = defaultdict(list)
    for cycle in facts.cycles:
        by_root[id(cycle.root)].append(cycle)
    for row in world.tables["survey_sends"]:
        ticket = world.tickets.get((source_of(row), row["ticket_id"]))
        if ticket is None or world.exclusion(ticket.root) is not None:
            continue
        if row["sent_at"] <= world.as_of and not row["is_deleted_in_source"]:
            root = ticket.root
            sends[id(root)].append((row["sent_at"], row["survey_sent_id"], row, root))
    named, unnamed = set(), defaultdict(list)
    for answer in facts.answers:
        survey = answer.row["survey_sent_id"]
        if survey is not None:
            named.add((answer.row["source_system"], survey))
        else:
            unnamed[id(answer.root)].append(answer.row["responded_at"])
    for number, found in sends.items():
        sent = sorted(
            (one for one in found if one[2]["suppressed_reason"] is None), key=lambda s: s[:2]
        )
        for place, (when, survey, row, root) in enumerate(sent):
            until = sent[place + 1][0] if place + 1 < len(sent) else world.as_of + 1
            is_answered = (row["source_system"], survey) in named or any(
                when <= answered < until for answered in unnamed[number]
            )
            scopes = _resolver_scopes(facts, by_root, root, when)
            month = month_of(when, facts.zone)
            rates.add("survey_response_rate", month, scopes, (int(is_answered), 1, 1))
        for when, _, row, root in found:
            if row["suppressed_reason"] is not None:
                variant = f"suppressed:{row['suppressed_reason']}"
                scopes = _resolver_scopes(facts, by_root, root, when)
                month = month_of(when, facts.zone)
                counts.add("survey_response_rate", month, scopes, (1, 0, 1), variant)
    _first_contact(facts, rates)
    values = rates.values(counted=True)
    for cell, (top, _, _) in counts.cells.items():
        values.append(Value(cell, "count", top, top, None, round(top)))
    return values


def _resolver_scopes(
    facts: Facts, by_root: dict[int, list[Cycle]], root: Ticket, when: int
) -> list[Scope]:
    ended = [c for c in by_root[id(root)] if c.ended_at is not None and c.ended_at <= when]
    last = max(ended, key=lambda cycle: cycle.ended_at or 0, default=None)
    team = last.resolver_team if last is not None else None
    if team is None:
        team = root.own["team"].at(facts.world.as_of)
    row = root.row
    resolver = last.resolver if last is not None else None
    agent = agent_of(row["tenant_id"], row["source_system"], resolver) or UNOWNED
    return [*scopes_of(facts, root, team), ("agent", agent)]


def _first_contact(facts: Facts, tally: Tally) -> None:
    issues = _Issues(facts)
    turns: dict[Any, list[int]] = defaultdict(list)
    for row in facts.obligations:
        is_thanks = row.state == "waived" and row.turn.waiver == "thank_you_rule"
        if row.turn.kind in CONTACTS and row.state != "excluded" and not is_thanks:
            turns[issues.issue(row.root)].append(row.turn.started_at)
    for answer in facts.answers:
        resolved = answer.row["resolved_answer"]
        is_out = facts.world.exclusion(answer.root) is not None
        if not answer.is_latest or is_out or resolved is None:
            continue
        needed = answer.row["contacts_needed_answer"]
        when = answer.row["responded_at"]
        if needed is None:
            needed = str(sum(1 for t in turns[issues.issue(answer.root)] if t <= when))
        row = answer.root.row
        agent = agent_of(row["tenant_id"], row["source_system"], answer.agent) or UNOWNED
        scopes: list[Scope] = [*scopes_of(facts, answer.root, answer.team), ("agent", agent)]
        hit = int(resolved == "yes" and needed == "1")
        tally.add("fcr_survey", month_of(when, facts.zone), scopes, (hit, 1, 1))
