"""The second computation as warehouse rows: same names, same keys, same units."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.oracle.canonical_rows import Tables
from tests.oracle.history import Ticket, World
from tests.oracle.obligations import Obligation, group_obligations
from tests.oracle.policies import LAYERS
from tests.oracle.resolutions import Cycle, cycles_of
from tests.oracle.verdicts import Judge, Verdict

UNOWNED = "unowned"
Out = dict[str, Any]


def key(*parts: Any) -> str | None:
    """Surrogate key: md5 over the parts joined by ``|``; null when the natural id is null."""
    if parts[-1] is None:
        return None
    return hashlib.md5("|".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()


@dataclass
class Tenant:
    """Everything computed for one tenant."""

    world: World
    obligations: list[Obligation] = field(default_factory=list)
    cycles: list[Cycle] = field(default_factory=list)


def compute(tables: Tables, as_of: int, tenants: Iterable[str] | None = None) -> list[Tenant]:
    """Obligations and cycles of every tenant (or of those named)."""
    names = {row["tenant_id"] for row in tables["tickets"]}
    wanted = sorted(names if tenants is None else names & set(tenants))
    by_tenant: dict[str, Tables] = {name: {} for name in wanted}
    for table, rows in tables.items():
        split: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            split[row["tenant_id"]].append(row)
        for name in wanted:
            by_tenant[name][table] = split[name]
    result = []
    for name in wanted:
        world = World(by_tenant[name], name, as_of)
        judge = Judge(world)
        tenant = Tenant(world)
        for group in world.groups():
            rows = group_obligations(world, judge, group)
            tenant.obligations += rows
            tenant.cycles += cycles_of(judge, group, rows)
        result.append(tenant)
    return result


def entity(ticket: Ticket, value: str | None) -> str | None:
    """Surrogate key of an agent, team, channel … of the ticket's source."""
    return key(ticket.row["tenant_id"], ticket.row["source_system"], value)


def agent(ticket: Ticket, value: str | None) -> str:
    """Agent key, ``unowned`` when nobody."""
    return entity(ticket, value) or UNOWNED


def obligation_row(row: Obligation) -> tuple[tuple[Any, ...], Out]:
    """Match key and columns of ``fct_response_obligations``."""
    turn, root = row.turn, row.root
    identity = (key(*root.key), key(*turn.ticket.key), turn.started_at, turn.kind)
    is_answered = turn.satisfied_at is not None
    out: Out = {
        "tenant_id": root.row["tenant_id"],
        "ticket": f"{root.row['ticket_id']}<-{turn.ticket.row['ticket_id']}",
        "turn_no": row.turn_no,
        "state": row.state,
        "available_at": turn.available_at,
        "satisfied_at": turn.satisfied_at,
        "responder_agent_key": agent(root, turn.responder) if is_answered else None,
        "responder_team_key": entity(root, row.responder_team),
        "elapsed_cal_s": row.elapsed_cal_s,
        "elapsed_bus_s": row.elapsed_bus_s,
        "reaction_cal_s": row.reaction_cal_s,
        "reaction_bus_s": row.reaction_bus_s,
        "waiver_reason": turn.waiver if row.state == "waived" else None,
        "exclusion_reason": row.exclusion,
        "any_answer_at": row.any_answer_at,
        "is_bot_first": row.is_bot_first,
        "is_clock_anomaly": turn.is_anomaly,
        "message_count": turn.message_count,
    }
    for layer in LAYERS:
        out |= _layer(root, layer, row.layers[layer])
    return identity, out


def _layer(ticket: Ticket, layer: str, verdict: Verdict) -> Out:
    judged = verdict.verdict in ("met", "breached")
    target = verdict.target
    out: Out = {
        "verdict": verdict.verdict,
        "verdict_at": verdict.verdict_at if judged else None,
        "due_at": verdict.due_at,
        "overrun_s": verdict.overrun_s,
        "policy_id": target.policy_id if target else None,
        "target_version_id": target.target_version_id if target else None,
        "sla_owner_agent_key": agent(ticket, verdict.owner) if judged else None,
        "sla_owner_team_key": entity(ticket, verdict.owner_team),
        "owner_rule": verdict.owner_rule,
        "missed_class": verdict.missed_class,
    }
    return {f"{layer}_{name}": value for name, value in out.items()}


def cycle_row(cycle: Cycle) -> tuple[tuple[Any, ...], Out]:
    """Match key and columns of ``fct_resolution_cycles``."""
    root, ended = cycle.root, cycle.ended_at is not None
    last = cycle.replies[-1] if cycle.replies else None
    return (key(*root.key), cycle.number), {
        "tenant_id": root.row["tenant_id"],
        "ticket": root.row["ticket_id"],
        "started_at": cycle.started_at,
        "ended_at": cycle.ended_at,
        "ended_by_role": cycle.ended_by,
        "is_last": cycle.is_last,
        "is_mature": cycle.is_mature,
        "reopened_at": cycle.reopened_at,
        "is_reopen_within_7d": cycle.is_reopened_within_7d,
        "resolver_agent_key": agent(root, cycle.resolver) if ended else None,
        "resolver_team_key": entity(root, cycle.resolver_team),
        "first_contact_at": cycle.first_contact_at,
        "first_contact_to_end_cal_s": cycle.to_end_cal_s,
        "first_contact_to_end_bus_s": cycle.to_end_bus_s,
        "reply_count": len(cycle.replies),
        "last_reply_at": last["sent_at"] if last else None,
        "last_replier_agent_key": agent(root, last["author_id"]) if last else None,
    }


def verdict_rows(cycle: Cycle) -> list[tuple[tuple[Any, ...], Out]]:
    """Match keys and columns of ``fct_sla_verdicts`` for metric resolution."""
    root = cycle.root
    found = []
    for layer, verdict in cycle.layers.items():
        columns = {
            name.removeprefix(f"{layer}_"): value
            for name, value in _layer(root, layer, verdict).items()
        }
        columns.pop("missed_class")
        columns |= {
            "tenant_id": root.row["tenant_id"],
            "ticket": root.row["ticket_id"],
            "started_at": cycle.started_at,
            "satisfied_at": cycle.ended_at,
        }
        found.append(((key(*root.key), cycle.number, "resolution", layer), columns))
    return found
