"""The speed KPIs of group A about single turns and contacts (catalogue §6 A).

Live waiting and missed contacts (`asa`, `missed_contact_rate`, `abandonment_rate`) and what other policies would make
of them, the business day (`sdr_bd`), overruns (`sla_overrun`), obligations at risk.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from tests.oracle.cycles.resolutions import Cycle
from tests.oracle.numbers.kpis import NO_AGENT, Collector, Facts
from tests.oracle.turns.obligations import Obligation
from tests.oracle.turns.stretches import Verdict
from tests.oracle.world.calendar import local_date, midnight
from tests.oracle.world.canonical_rows import SECOND
from tests.oracle.world.policies import LAYERS, Target, calendar_pieces
from tests.oracle.world.tickets import Ticket

_DAY_TARGET = Target("sdr_bd", "sdr_bd", None, 1, "business_days", None, "customer_message", ())


def collect_turns(found: Collector) -> None:
    """Every fact about turns and contacts, except snapshots."""
    for row in found.facts.obligations:
        if row.turn.mode != "case":
            _live(found, row)
            _missed(found, row)
            _same_business_day(found, row)
        _overrun(found, row)
        _policies(found, row)
    for cycle in found.facts.cycles:
        if cycle.exclusion is None:
            for layer, verdict in cycle.layers.items():
                _met_but_reopened(found, cycle, layer, verdict)


# ---- live contacts, missed contacts


def _live(found: Collector, row: Obligation) -> None:
    turn = row.turn
    if turn.mode != "live" or row.state == "excluded":
        return
    team = turn.ticket.value("team").at(turn.started_at)
    if row.state == "answered" and turn.satisfied_at is not None:
        found.add(
            "asa",
            turn.satisfied_at,
            row.root,
            team,
            NO_AGENT,
            seconds=row.elapsed_cal_s,
            clock="calendar",
        )


def _settled(row: Obligation) -> tuple[int, str | None]:
    """When a contact counts and who settled it."""
    turn = row.turn
    if row.state == "answered":
        return turn.started_at, turn.responder
    if row.state == "missed" and turn.missed_at is not None:
        return turn.missed_at, None
    if row.state == "closed_unanswered":
        standing = [close for close in turn.closes if close.cleared_at is None]
        first = min(close.at for close in standing)
        by_agent = [close for close in standing if close.role == "agent"]
        return first, (by_agent[0].agent if by_agent else None)
    return turn.started_at, None


def _missed(found: Collector, row: Obligation) -> None:
    turn, judge = row.turn, found.facts.judge
    if row.state == "excluded":
        return
    when, agent = _settled(row)
    team = judge.team_of(turn.ticket, agent, when)
    if row.state == "answered":
        team = row.responder_team
    is_missed = row.state in ("missed", "closed_unanswered")
    found.add("missed_contact_rate", when, row.root, team, agent, hit=int(is_missed), of=1)
    if turn.mode != "live":
        return
    is_abandoned = row.state == "missed" and any(
        message["call_queue_entered_at"] == turn.started_at
        and message["abandoned_at"] == turn.missed_at
        for message in turn.ticket.messages
    )
    found.add("abandonment_rate", when, row.root, team, NO_AGENT, hit=int(is_abandoned), of=1)
    if is_abandoned:
        hit = int(turn.recovered is not None)
        found.add(
            "abandonment_rate",
            when,
            row.root,
            team,
            NO_AGENT,
            hit=hit,
            of=1,
            variant="recovered_rate",
        )


def _policies(found: Collector, row: Obligation) -> None:
    """The counts and rates of the three missed-contact policies (§3.7)."""
    turn = row.turn
    if turn.kind not in ("first", "next"):
        return
    for layer in LAYERS:
        verdict = row.layers[layer]
        kind = verdict.missed_class
        if kind is None:
            continue
        judged = verdict.verdict in ("met", "breached")
        when = verdict.verdict_at if judged else turn.missed_at
        owner = verdict.owner if judged else None
        assert when is not None
        team = found.facts.judge.team_of(turn.ticket, owner, when)

        met = ["met_answered"]
        rates = {
            "sla_count_as_missed": met,
            "sla_treat_normally": [*met, "missed_recovered_in_target"],
        }
        if kind in ("met_answered", "late_answered"):
            rates["sla_ignore"] = met
        for variant, good in rates.items():
            found.add(
                "missed_contact_rate",
                when,
                row.root,
                team,
                owner,
                hit=int(kind in good),
                of=1,
                layer=layer,
                variant=variant,
            )
        kpi = f"sla_compliance_{turn.kind}_reply"
        found.add(kpi, when, row.root, team, owner, layer=layer, variant=f"n_{kind}")


# ---- the business day


def _same_business_day(found: Collector, row: Obligation) -> None:
    turn, judge = row.turn, found.facts.judge
    is_judged = row.state in ("answered", "open", "closed_unanswered", "missed")
    if turn.kind not in ("first", "next") or not is_judged or row.exclusion == "missed_policy":
        return
    due = _end_of_business_day(found.facts, turn.ticket, turn.started_at)
    if due is None:
        return
    if turn.satisfied_at is not None and turn.satisfied_at < due + SECOND:
        found.add("sdr_bd", turn.satisfied_at, row.root, row.responder_team, turn.responder, of=1)
        return
    if found.facts.world.as_of < due + SECOND:
        return
    owner, _ = judge.owner(turn, Verdict("breached", _DAY_TARGET, due, due), due)
    found.add("sdr_bd", due, row.root, judge.team_of(turn.ticket, owner, due), owner, hit=0, of=1)


def _end_of_business_day(facts: Facts, ticket: Ticket, start: int) -> int | None:
    """24:00 of the local day of the first open instant at or after the start."""
    calendars, week = facts.judge.calendars, timedelta(days=7) // timedelta(microseconds=1)
    for low, high, calendar in calendar_pieces(facts.world, ticket, None, facts.world.as_of):
        begin = max(low, start)
        if calendar not in calendars.zones or (high is not None and high <= begin):
            continue
        at = begin
        for _ in range(60):
            windows = calendars.windows(calendar, at, at + week)
            if windows:
                opening = windows[0][0]
                if high is not None and opening >= high:
                    break
                zone = calendars.zones[calendar]
                return midnight(local_date(opening, zone) + timedelta(days=1), zone)
            at += week
            if high is not None and at >= high:
                break
    return None


# ---- verdicts


def _overrun(found: Collector, row: Obligation) -> None:
    end = found.facts.judge.judged_until(row.turn)
    for layer in LAYERS:
        verdict = row.layers[layer]
        if verdict.verdict != "breached" or verdict.due_at is None or verdict.verdict_at is None:
            continue
        passed = max(end - verdict.due_at, 0) // SECOND
        for clock, seconds in (("none", verdict.overrun_s), ("calendar", passed)):
            found.add(
                "sla_overrun",
                verdict.verdict_at,
                row.scope,
                verdict.owner_team,
                verdict.owner,
                seconds=seconds,
                clock=clock,
                layer=layer,
            )


def _met_but_reopened(found: Collector, cycle: Cycle, layer: str, verdict: Verdict) -> None:
    if verdict.verdict == "met" and verdict.verdict_at is not None:
        found.add(
            "sla_compliance_resolution",
            verdict.verdict_at,
            cycle.root,
            verdict.owner_team,
            verdict.owner,
            hit=int(cycle.reopened_at is not None),
            of=1,
            layer=layer,
            variant="met_but_reopened_rate",
        )


# ---- snapshots


def at_risk(
    facts: Facts, row: Obligation, when: int
) -> Iterator[tuple[str, str | None, str | None]]:
    """Layer, team and agent of an obligation at risk at an instant."""
    turn, judge = row.turn, facts.judge
    if row.state in ("excluded", "answered_by_bot") or turn.started_at > when:
        return
    ended = turn.missed_at if turn.missed_at is not None else turn.ended_at
    if row.state in ("answered", "waived", "missed") and ended is not None and ended <= when:
        return
    for layer in LAYERS:
        verdict = row.layers[layer]
        due = verdict.due_at
        if due is None or due + SECOND <= when:
            continue
        if verdict.verdict not in ("met", "breached", "pending"):
            continue
        if verdict.verdict != "pending" and (verdict.verdict_at or 0) <= when:
            continue
        holder, agent = judge.holder(turn, when)
        if holder == "closed":
            continue
        target = verdict.target
        length = (due - turn.started_at) // SECOND
        left = max(due - when, 0) // SECOND
        if target is not None and target.seconds is not None:
            length = target.seconds
            if target.clock == "business":
                left = _business_left(facts, turn.ticket, target, when, due)
        if left <= length / 4 or left <= 3600:
            agent = agent if holder == "agent" else None
            yield layer, judge.team_of(turn.ticket, agent, when), agent


def _business_left(facts: Facts, ticket: Ticket, target: Target, when: int, due: int) -> int:
    calendar = target.calendar_id
    if calendar is None:
        source = ticket.row["source_system"]
        calendar = facts.world.team_calendar(source, ticket.value("team").at(when))
    calendars = facts.judge.calendars
    if calendar not in calendars.zones or due <= when:
        return 0
    return sum(b - a for a, b in calendars.windows(str(calendar), when, due)) // SECOND
