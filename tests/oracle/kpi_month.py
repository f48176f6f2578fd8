"""The KPIs of issue 2 by month: replies, verdicts, resolutions, activity (each card in its own function)."""

from __future__ import annotations

from tests.oracle.canonical_rows import DAY, SECOND, Row
from tests.oracle.history import Ticket, is_customer_message, is_human_reply
from tests.oracle.kpis import NO_AGENT, Collector, Facts, month_of, platform_of
from tests.oracle.kpis_audit import collect_audit
from tests.oracle.kpis_macros import collect_macros
from tests.oracle.kpis_reasons import reason_name
from tests.oracle.kpis_speed import collect_speed
from tests.oracle.kpis_speed_turns import collect_turns
from tests.oracle.obligations import Obligation
from tests.oracle.policies import LAYERS, Target
from tests.oracle.resolutions import MATURITY, Cycle
from tests.oracle.verdicts import Verdict, incident

_DAY_TARGET = Target("sdr_24h", "sdr_24h", 86_400, None, "calendar", None, "customer_message", ())


def collect(facts: Facts) -> Collector:
    """Every monthly KPI except snapshots and windows."""
    found = Collector(facts)
    for row in facts.obligations:
        _replies(found, row)
        _verdicts(found, row)
        _within_a_day(found, row)
        _contacts(found, row)
    for cycle in facts.cycles:
        if cycle.exclusion is None:
            _resolution(found, cycle)
    _bot_turns(found)
    _tickets(found)
    _transfers(found)
    _spans(found)
    _closings(found)
    _messages(found)
    _surveys(found)
    collect_audit(found)
    collect_speed(found)
    collect_turns(found)
    collect_macros(found)
    return found


def _start_team(row: Obligation) -> str | None:
    team: str | None = row.turn.ticket.value("team").at(row.turn.started_at)
    return team


def _replies(found: Collector, row: Obligation) -> None:
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


def _verdicts(found: Collector, row: Obligation) -> None:
    for layer in LAYERS:
        verdict = row.layers[layer]
        if verdict.verdict not in ("met", "breached") or verdict.verdict_at is None:
            continue
        kpis = ["sla_compliance"]
        if row.turn.kind in ("first", "next"):
            kpis.append(f"sla_compliance_{row.turn.kind}_reply")
        for kpi in kpis:
            _judged(found, kpi, row.scope, layer, verdict)
        if verdict.verdict == "breached":
            found.add(
                "sla_breach_count",
                verdict.verdict_at,
                row.scope,
                verdict.owner_team,
                verdict.owner,
                layer=layer,
            )


def _judged(found: Collector, kpi: str, root: Ticket, layer: str, verdict: Verdict) -> None:
    assert verdict.verdict_at is not None
    hit = 1 if verdict.verdict == "met" else 0
    found.add(
        kpi,
        verdict.verdict_at,
        root,
        verdict.owner_team,
        verdict.owner,
        hit=hit,
        of=1,
        layer=layer,
    )


def _within_a_day(found: Collector, row: Obligation) -> None:
    turn, judge = row.turn, found.facts.judge
    is_judged = row.state in ("answered", "open", "closed_unanswered", "missed")
    if turn.kind not in ("first", "next") or not is_judged or row.exclusion == "missed_policy":
        return
    is_ebay = platform_of(found.facts, row.root) == "ebay"
    kpis = ("sdr_24h", "ebay_message_24h") if is_ebay else ("sdr_24h",)
    if row.elapsed_cal_s is not None and row.elapsed_cal_s <= 86_400:
        assert turn.satisfied_at is not None
        for kpi in kpis:
            found.add(kpi, turn.satisfied_at, row.root, row.responder_team, turn.responder, of=1)
        return
    due = turn.started_at + DAY
    if found.facts.world.as_of < due + SECOND:
        return
    missed = Verdict("breached", _DAY_TARGET, due, due)
    owner, _ = judge.owner(turn, missed, due)
    team = judge.team_of(turn.ticket, owner, due)
    for kpi in kpis:
        found.add(kpi, due, row.root, team, owner, hit=0, of=1)


def _contacts(found: Collector, row: Obligation) -> None:
    if row.turn.kind in ("first", "next") and row.state != "excluded":
        found.add("contact_volume", row.turn.started_at, row.root, _start_team(row), NO_AGENT)


def _resolution(found: Collector, cycle: Cycle) -> None:
    for layer, verdict in cycle.layers.items():
        if verdict.verdict in ("met", "breached"):
            _judged(found, "sla_compliance_resolution", cycle.root, layer, verdict)
    ended = cycle.ended_at
    if ended is None:
        return
    root, team, agent = cycle.root, cycle.resolver_team, cycle.resolver
    found.add("resolution_volume", ended, root, team, agent)
    if _is_last_of_month(found, cycle, ended):
        found.add(
            "resolution_volume", ended, root, team, agent, variant="distinct_tickets_resolved"
        )
    times = (cycle.to_end_cal_s, cycle.to_end_bus_s)
    if cycle.number == 1:
        found.clocks("first_resolution_time", ended, root, team, agent, *times)
    if cycle.is_last and cycle.is_mature:
        found.clocks("full_resolution_time", ended, root, team, agent, *times)
    if ended + MATURITY <= found.facts.world.as_of:
        found.add(
            "reopen_rate", ended, root, team, agent, hit=int(cycle.is_reopened_within_7d), of=1
        )
    if cycle.is_last and root.row["origin"] == "inbound":
        reason = found.facts.reason_of(root)
        tag = found.facts.world.tags.get((root.row["source_system"], reason))
        hit = int(tag is not None and tag["kind"] == "reason")
        found.add("tag_coverage", ended, root, team, agent, hit=hit, of=1)
        other = int(tag is not None and bool(hit) and tag["name"].lower() == "other")
        found.add("tag_coverage", ended, root, team, agent, hit=other, of=1, variant="other_share")


def _is_last_of_month(found: Collector, cycle: Cycle, ended: int) -> bool:
    """Whether no later cycle of the ticket ended in the same month."""
    zone = found.facts.zone
    return not any(
        other.ended_at is not None
        and (other.ended_at, other.number) > (ended, cycle.number)
        and month_of(other.ended_at, zone) == month_of(ended, zone)
        for other in found.facts.cycles_of(cycle.root)
    )


def _bot_turns(found: Collector) -> None:
    for row in found.facts.obligations:
        solved = found.facts.ends.get(id(row.root))
        if row.state == "excluded" or not row.is_bot_first or not solved:
            continue
        later = [when for when in solved if when >= row.turn.started_at]
        hit = int(row.state == "answered_by_bot")
        when = later[0] if later else solved[-1]
        found.add("bot_containment_rate", when, row.root, _start_team(row), NO_AGENT, hit=hit, of=1)


def _tickets(found: Collector) -> None:
    world = found.facts.world
    for ticket in world.tickets.values():
        is_counted = ticket.parent is None and world.exclusion(ticket) is None
        if is_counted and ticket.row["origin"] in ("inbound", "proxy"):
            created = ticket.row["created_at"]
            team = ticket.own["team"].at(world.as_of)
            found.add("ticket_volume", created, ticket, team, NO_AGENT)


def _transfers(found: Collector) -> None:
    facts = found.facts
    answered = {id(row.root) for row in facts.obligations if row.state == "answered"}
    for cycle in facts.cycles:
        if not cycle.is_last or cycle.ended_at is None or cycle.exclusion is not None:
            continue
        if id(cycle.root) not in answered:
            continue
        moves = facts.moves.get(id(cycle.root), [])
        first = min(moves, key=lambda m: (m[0], m[1].started_at), default=None)
        agent, team = cycle.resolver, cycle.resolver_team
        if first is not None:
            agent = first[1].agent
            team = facts.judge.team_of(first[1].ticket, agent, first[0])
        hit = int(first is not None)
        found.add("transfer_rate", cycle.ended_at, cycle.root, team, agent, hit=hit, of=1)
        found.means.add(("transfer_rate", "transfers_per_ticket"))
        found.add(
            "transfer_rate",
            cycle.ended_at,
            cycle.root,
            team,
            agent,
            hit=len(moves),
            of=1,
            variant="transfers_per_ticket",
        )


def _spans(found: Collector) -> None:
    judge, world = found.facts.judge, found.facts.world
    for span in found.facts.spans:
        if world.exclusion(span.root) is not None:
            continue
        if span.tat_replied_at is not None:
            team = judge.team_of(span.ticket, span.agent, span.tat_replied_at)
            found.clocks(
                "tat",
                span.tat_replied_at,
                span.root,
                team,
                span.agent,
                span.tat_cal_s,
                span.tat_bus_s,
            )
        if span.is_hold and span.ended_at is not None:
            team = judge.team_of(span.ticket, span.agent, span.ended_at)
            hit = int(span.is_unanswered_hold)
            found.add("unanswered_holds", span.ended_at, span.root, team, span.agent, hit=hit, of=1)


def _closings(found: Collector) -> None:
    for closing in found.facts.closings:
        is_judged = closing.is_with_reply or closing.is_without_reply
        if closing.is_human and is_judged and found.facts.world.exclusion(closing.root) is None:
            found.add(
                "closed_without_reply_rate",
                closing.closed_at,
                closing.root,
                closing.closer_team,
                closing.closer,
                hit=int(closing.is_without_reply),
                of=1,
            )


def _messages(found: Collector) -> None:
    world, judge = found.facts.world, found.facts.judge
    for ticket in world.tickets.values():
        if world.exclusion(ticket.root) is not None:
            continue
        for message in ticket.messages:
            if is_human_reply(message):
                at, author = message["sent_at"], message["author_id"]
                team = judge.team_of(ticket, author, at)
                found.add("replies_sent", at, ticket.root, team, author)
                if message["message_kind"] in _COMMENTS:
                    _comment_handled(found, ticket, author, at, 0)
                used = int(message["macro_id"] is not None)
                name = reason_name(found.facts, ticket.root) or "untagged"
                found.add(
                    "macro_usage_rate",
                    at,
                    ticket.root,
                    team,
                    author,
                    hit=used,
                    of=1,
                    subject=("reason", name),
                )
        for event in ticket.events:
            if _is_removal(ticket, event):
                at, actor = event["occurred_at"], event["actor_id"]
                team = judge.team_of(ticket, actor, at)
                found.add("comments_deleted", at, ticket.root, team, actor)
                if any(m["message_kind"] in _COMMENTS for m in _target(ticket, event)):
                    _comment_handled(found, ticket, actor, at, 1)


_COMMENTS = ("public_comment", "review")


def _comment_handled(
    found: Collector, ticket: Ticket, actor: object, at: int, removed: int
) -> None:
    """What a person did about a comment or review: answered or removed it."""
    team = found.facts.judge.team_of(ticket, actor, at)
    found.add(
        "comments_deleted",
        at,
        ticket.root,
        team,
        actor,
        hit=removed,
        of=1,
        variant="share_of_comments_handled",
    )


def _target(ticket: Ticket, event: Row) -> list[Row]:
    return [m for m in ticket.messages if m["message_id"] == event["from_value"]]


def _is_removal(ticket: Ticket, event: Row) -> bool:
    if event["event_type"] not in ("message_deleted", "message_hidden"):
        return False
    target = _target(ticket, event)
    return event["actor_role"] == "agent" and any(is_customer_message(m) for m in target)


def _surveys(found: Collector) -> None:
    for answer in found.facts.answers:
        sentiment = answer.row["sentiment"]
        is_out = found.facts.world.exclusion(answer.root) is not None
        needed = answer.row["contacts_needed_answer"]
        if answer.is_latest and needed is not None and not is_out:
            found.add(
                "tag_fcr",
                answer.row["responded_at"],
                answer.root,
                answer.team,
                NO_AGENT,
                hit=int(needed == "1"),
                of=1,
                variant="survey",
                subject=("reason", reason_name(found.facts, answer.root) or "untagged"),
            )
        if not answer.is_latest or sentiment is None or is_out:
            continue
        for kpi, wanted in (("csat", "satisfied"), ("dsat", "dissatisfied")):
            found.add(
                kpi,
                answer.row["responded_at"],
                answer.root,
                answer.team,
                answer.agent,
                hit=int(sentiment == wanted),
                of=1,
            )
