"""Handle times of contacts and tickets from sessions (`aht`, `aht_ticket`, `handle_time_coverage`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tests.oracle.numbers.kpis import Cell, Facts, Value
from tests.oracle.numbers.statistics import month_of, quantile
from tests.oracle.numbers.tally import Tally, scopes_of, ticket_of
from tests.oracle.turns.obligations import Obligation
from tests.oracle.world.canonical_rows import SECOND, Row
from tests.oracle.world.capabilities import source_of
from tests.oracle.world.keys import UNOWNED, agent_of
from tests.oracle.world.tickets import Ticket

CONTACTS = ("first", "next")
_CAP = 7200


# ---- handle time


def sessions_of(facts: Facts) -> Iterator[tuple[Row, Ticket, int]]:
    """Finished sessions with their ticket and seconds, at most two hours."""
    for row in facts.world.tables["handle_sessions"]:
        ticket = ticket_of(facts, row)
        is_known = row["ended_at"] <= facts.world.as_of and not row["is_deleted_in_source"]
        if ticket is not None and is_known and row["ended_at"] >= row["started_at"]:
            yield row, ticket, min((row["ended_at"] - row["started_at"]) // SECOND, _CAP)


def contacts_worked(facts: Facts) -> list[tuple[Obligation, list[tuple[str, int, int]]]]:
    """Answered contacts that sessions belong to, with agent, seconds and end of each session."""
    turns: dict[int, list[Obligation]] = defaultdict(list)
    for row in facts.obligations:
        if row.turn.kind in CONTACTS and row.state != "excluded":
            turns[id(row.root)].append(row)
    contacts: dict[int, list[tuple[str, int, int]]] = defaultdict(list)
    rows: dict[int, Obligation] = {}
    for session, ticket, seconds in sessions_of(facts):
        earlier = [t for t in turns[id(ticket.root)] if t.turn.started_at <= session["started_at"]]
        if not earlier:
            continue
        began = max(t.turn.started_at for t in earlier)
        answered = [t for t in earlier if t.turn.started_at == began and t.state == "answered"]
        if answered:
            agent = (
                agent_of(session["tenant_id"], source_of(session), session["agent_id"]) or UNOWNED
            )
            rows[id(answered[0])] = answered[0]
            contacts[id(answered[0])].append((agent, seconds, session["ended_at"]))
    return [(rows[number], parts) for number, parts in contacts.items()]


def handle_values(facts: Facts) -> list[Value]:
    """`aht`, `aht_ticket` and `handle_time_coverage`."""
    of_ticket: dict[int, list[tuple[Row, int]]] = defaultdict(list)
    for session, ticket, seconds in sessions_of(facts):
        of_ticket[id(ticket.root)].append((session, seconds))
    durations: dict[Cell, list[int]] = defaultdict(list)
    for row, parts in contacts_worked(facts):
        month = month_of(max(ended for _, _, ended in parts), facts.zone)
        for scope in scopes_of(facts, row.root, row.responder_team):
            cell = Cell(month, "aht", "none", "none", "none", *scope)
            durations[cell].append(sum(seconds for _, seconds, _ in parts))
        own: dict[str, int] = defaultdict(int)
        for agent, seconds, _ in parts:
            own[agent] += seconds
        for agent, total in own.items():
            durations[Cell(month, "aht", "none", "none", "none", "agent", agent)].append(total)
    values = _ticket_values(facts, of_ticket, durations)
    for cell, seconds in durations.items():
        total, n = sum(seconds), len(seconds)
        stats = {"mean": total / n, "median": quantile(seconds, 0.5)}
        if cell.scope_type != "agent":
            stats["p90"] = quantile(seconds, 0.9)
        values += [Value(cell, stat, value, total, n, n) for stat, value in stats.items()]
    return values


def _ticket_values(
    facts: Facts,
    sessions: dict[int, list[tuple[Row, int]]],
    durations: dict[Cell, list[int]],
) -> list[Value]:
    tally, mature = Tally(facts), dict[int, Any]()
    for cycle in facts.cycles:
        if cycle.exclusion is not None or cycle.ended_at is None:
            continue
        worked = [s for s in sessions[id(cycle.root)] if s[0]["started_at"] <= cycle.ended_at]
        if cycle.is_mature:
            mature[id(cycle.root)] = (cycle, worked)
        if cycle.is_last:
            month = month_of(cycle.ended_at, facts.zone)
            scopes = scopes_of(facts, cycle.root, cycle.resolver_team)
            is_measured = any(s["method"] != "inferred" for s, _ in worked)
            tally.add("handle_time_coverage", month, scopes, (int(is_measured), 1, 1))
            inferred = int(bool(worked) and not is_measured)
            tally.add("handle_time_coverage", month, scopes, (inferred, 1, 1), "inferred_share")
    for cycle, worked in mature.values():
        if worked:
            month = month_of(cycle.ended_at, facts.zone)
            scopes = scopes_of(facts, cycle.root, cycle.resolver_team)
            for scope in [*scopes, ("reason", reason_of(facts, cycle.root))]:
                cell = Cell(month, "aht_ticket", "none", "none", "none", *scope)
                durations[cell].append(sum(seconds for _, seconds in worked))
    return tally.values(counted=True)


def reason_of(facts: Facts, root: Ticket) -> str:
    """Name of the resolution reason in lower case."""
    tag = facts.world.tags.get((root.row["source_system"], facts.reason_of(root)))
    return str(tag["name"]).lower() if tag is not None and tag["kind"] == "reason" else "untagged"
