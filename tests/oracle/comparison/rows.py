"""The second computation as warehouse rows: same names, same keys, same units."""

from __future__ import annotations

from typing import Any

from tests.oracle.cycles.activity import Closing, Span
from tests.oracle.cycles.resolutions import Cycle
from tests.oracle.numbers.kpis import Value
from tests.oracle.quality.surveys import Answer
from tests.oracle.turns.obligations import Obligation
from tests.oracle.turns.stretches import Verdict
from tests.oracle.world.history import team_key
from tests.oracle.world.keys import UNOWNED, agent_of, key
from tests.oracle.world.policies import LAYERS
from tests.oracle.world.tickets import Ticket

Out = dict[str, Any]


def entity(ticket: Ticket, value: str | None) -> str | None:
    """Surrogate key of a team, channel … of the ticket's source."""
    return team_key(ticket.row["tenant_id"], ticket.row["source_system"], value)


def person(ticket: Ticket, value: str | None) -> str | None:
    """Key of an agent of the ticket's source, null when nobody."""
    return agent_of(ticket.row["tenant_id"], ticket.row["source_system"], value)


def agent(ticket: Ticket, value: str | None) -> str:
    """Agent key, ``unowned`` when nobody."""
    return person(ticket, value) or UNOWNED


def obligation_row(row: Obligation) -> tuple[tuple[Any, ...], Out]:
    """Match key and columns of ``fct_response_obligations``."""
    turn, root = row.turn, row.root
    about = root.row["order_id"] or (turn.ticket.row["order_id"] if turn.mode == "case" else None)
    order = key(root.row["tenant_id"], about)
    identity = (key(*root.key), key(*turn.ticket.key), turn.started_at, turn.kind, order)
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
        "is_time_uncertain": row.is_time_uncertain,
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


def span_row(span: Span) -> tuple[tuple[Any, ...], Out]:
    """Match key and columns of ``fct_assignment_spans``."""
    root = span.root
    identity = (key(*root.key), agent(root, span.agent), span.started_at)
    return identity, {
        "tenant_id": root.row["tenant_id"],
        "ticket": f"{root.row['ticket_id']}<-{span.ticket.row['ticket_id']}",
        "to_at": span.ended_at,
        "ended_by": span.ended_by,
        "end_reason_code": span.reason_code,
        "next_agent_key": person(root, span.next_agent),
        "next_team_key": entity(root, span.next_team),
        "is_transfer": bool(span.transfers),
        "transfers": len(span.transfers),
        "first_transferred_at": min(span.transfers, default=None),
        "tat_cal_s": span.tat_cal_s,
        "tat_bus_s": span.tat_bus_s,
        "tat_replied_at": span.tat_replied_at,
        "is_hold": span.is_hold,
        "is_unanswered_hold": span.is_unanswered_hold,
    }


def closing_row(closing: Closing) -> tuple[tuple[Any, ...], Out]:
    """Match key and columns of ``fct_closings``."""
    root, event = closing.root, closing.event
    return (key(*root.key), closing.closed_at), {
        "tenant_id": root.row["tenant_id"],
        "ticket": f"{root.row['ticket_id']}<-{closing.ticket.row['ticket_id']}",
        "closer_agent_key": agent(root, closing.closer),
        "closer_team_key": entity(root, closing.closer_team),
        "actor_role": event["actor_role"],
        "is_human": closing.is_human,
        "is_merge_or_spam": closing.is_merge_or_spam,
        "has_unanswered_turn": closing.has_unanswered_turn,
        "is_waived_only": closing.is_waived_only,
        "is_with_reply": closing.is_with_reply,
        "is_without_reply": closing.is_without_reply,
        "is_repaired": closing.is_repaired,
    }


def answer_row(answer: Answer) -> tuple[tuple[Any, ...], Out]:
    """Match key and columns of ``fct_satisfaction_responses``."""
    row, root = answer.row, answer.root
    return (key(row["tenant_id"], row["source_system"], row["response_id"]),), {
        "tenant_id": row["tenant_id"],
        "ticket": row["ticket_id"],
        "ticket_key": key(*root.key),
        "cycle_no": answer.cycle_no,
        "sentiment": row["sentiment"],
        "is_latest": answer.is_latest,
        "agent_key": agent(root, answer.agent),
        "team_key": entity(root, answer.team),
    }


def kpi_row(tenant: str, value: Value) -> tuple[tuple[Any, ...], Out]:
    """Match key and columns of ``kpi_monthly``; values rounded as stored."""
    cell = value.cell
    identity = (
        tenant,
        cell.month,
        cell.kpi,
        value.stat,
        cell.clock,
        cell.layer,
        cell.variant,
        cell.scope_type,
        cell.scope_id,
    )
    return identity, {
        "tenant_id": tenant,
        "ticket": "",
        "value": value.value,
        "numerator": value.numerator,
        "denominator": value.denominator,
        "n": value.n,
    } | _extra(value)


def _extra(value: Value) -> Out:
    """Interval of a ratio; text of a class."""
    found: Out = {}
    if value.stat == "ratio":
        found |= {"ci_low": value.low, "ci_high": value.high}
    if value.text is not None:
        found["value_text"] = value.text
    return found
