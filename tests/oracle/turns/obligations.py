"""All response obligations of one tenant, judged (catalogue §3.1)."""

from __future__ import annotations

from dataclasses import dataclass

from tests.oracle.turns.cases import case_turns
from tests.oracle.turns.replay import GroupReplay
from tests.oracle.turns.stretches import Segment, Verdict
from tests.oracle.turns.turns import Turn
from tests.oracle.turns.verdicts import Judge, named_by_platform
from tests.oracle.world.canonical_rows import SECOND, Row
from tests.oracle.world.history import World
from tests.oracle.world.policies import LAYERS, calendar_pieces
from tests.oracle.world.tickets import Ticket


@dataclass
class Obligation:
    """One row of the second ``fct_response_obligations``; agents and teams by their ids."""

    root: Ticket
    turn: Turn
    turn_no: int | None
    state: str
    exclusion: str | None
    layers: dict[str, Verdict]
    segments: list[Segment]
    elapsed_cal_s: int | None
    elapsed_bus_s: int | None
    reaction_cal_s: int | None
    reaction_bus_s: int | None
    responder_team: str | None
    is_time_uncertain: bool = False

    @property
    def scope(self) -> Ticket:
        """Ticket that names the reporting scopes; a request brings the account its ticket lacks."""
        account = self.turn.order_account
        if account is None or self.root.row["marketplace_account_id"] is not None:
            return self.root
        return Ticket(self.root.row | {"marketplace_account_id": account}, [], self.root.own)

    @property
    def any_answer_at(self) -> int | None:
        """First public answer of a bot, a rule or a person."""
        return min((when for when, _ in self.turn.answers), default=None)

    @property
    def is_bot_first(self) -> bool:
        """Whether a bot or a rule answered first."""
        return bool(self.turn.answers) and min(self.turn.answers)[1]


def obligations_of(world: World, judge: Judge | None = None) -> list[Obligation]:
    """Every obligation of the tenant, by root ticket and turn."""
    judge = judge or Judge(world)
    found: list[Obligation] = []
    for group in world.groups():
        found += group_obligations(world, judge, group)
    return found + case_obligations(world, judge)


def case_obligations(world: World, judge: Judge) -> list[Obligation]:
    """Obligations of marketplace requests: those with a published deadline or a matching target."""
    found = []
    for turn, respond_by in case_turns(world):
        root = turn.ticket.root
        excluded = world.exclusion(root)
        layers = {layer: judge.judge(turn, layer, excluded, respond_by) for layer in LAYERS}
        if (
            respond_by is None
            and judge.stretches(turn, "marketplace", judge.judged_until(turn), None)[-1].target
            is None
        ):
            continue
        found.append(_obligation(judge, root, turn, None, excluded, layers))
    return found


def group_obligations(world: World, judge: Judge, group: list[Ticket]) -> list[Obligation]:
    """Obligations of one merge group."""
    turns = GroupReplay(world, group).run()
    root = group[0]
    excluded = world.exclusion(root)
    named = {id(t.row): named_by_platform(turns, t.row) for t in group if t.row["due_by_source"]}
    found = []
    for number, turn in enumerate(turns, start=1):
        is_named = any(turn is other for other in named.get(id(turn.ticket.row), ()))
        due_by = turn.ticket.row["due_by_source"] if is_named else None
        layers = {layer: judge.judge(turn, layer, excluded, due_by) for layer in LAYERS}
        found.append(_obligation(judge, root, turn, number, excluded, layers))
    return found


def _obligation(
    judge: Judge,
    root: Ticket,
    turn: Turn,
    number: int | None,
    excluded: str | None,
    layers: dict[str, Verdict],
) -> Obligation:
    is_out = excluded is not None or turn.exclusion == "clock_anomaly"
    reasons = [excluded, turn.exclusion]
    reasons += ["answered_by_bot" if turn.state == "answered_by_bot" else None]
    reasons += [v.exclusion for v in layers.values()]
    satisfied = turn.satisfied_at
    row = Obligation(
        root=root,
        turn=turn,
        turn_no=number,
        state="excluded" if is_out else turn.state,
        exclusion=next((reason for reason in reasons if reason), None),
        layers=layers,
        segments=judge.segments(turn),
        elapsed_cal_s=None,
        elapsed_bus_s=None,
        reaction_cal_s=None,
        reaction_bus_s=None,
        responder_team=None,
    )
    if satisfied is not None:
        available = min(turn.available_at, satisfied)
        row.elapsed_cal_s = (satisfied - turn.started_at) // SECOND
        row.reaction_cal_s = (satisfied - available) // SECOND
        row.elapsed_bus_s = _business(judge, turn, layers, turn.started_at, satisfied)
        row.reaction_bus_s = _business(judge, turn, layers, available, satisfied)
        if (
            available == satisfied
        ):  # seen after it was answered: 0 s whatever the calendar says then
            row.reaction_bus_s = None if row.elapsed_bus_s is None else 0
        row.responder_team = judge.team_of(turn.ticket, turn.responder, satisfied)
    row.is_time_uncertain = any(_is_uncertain(turn.ticket, verdict) for verdict in layers.values())
    return row


def _moves_owners(event: Row) -> bool:
    """Whether a breach may be somebody else's before it than after: behind an account there is nobody in person."""
    if event["event_type"] == "status_change":
        return event["actor_role"] != "agent" or event["actor_id"] is not None
    return bool(event["event_type"] == "assignee_change")


def _is_uncertain(ticket: Ticket, verdict: Verdict) -> bool:
    """Whether the owner of a breach hangs on an event known only to the polling interval."""
    when = verdict.verdict_at
    if verdict.verdict != "breached" or when is None:
        return False
    members, stack = [], [ticket.root]
    while stack:
        node = stack.pop()
        members.append(node)
        stack += node.children
    return any(
        event["time_precision_s"] > 0
        and _moves_owners(event)
        and abs(event["occurred_at"] - when) <= event["time_precision_s"] * SECOND
        and member.root_at(event["occurred_at"]) is ticket.root_at(event["occurred_at"])
        for member in members
        for event in member.events
    )


def _business(
    judge: Judge, turn: Turn, layers: dict[str, Verdict], start: int, stop: int
) -> int | None:
    target = layers["internal"].target
    calendar = target.calendar_id if target is not None else None
    return business_seconds(judge, turn.ticket, calendar, start, stop)


def business_seconds(
    judge: Judge, ticket: Ticket, calendar: str | None, start: int, stop: int
) -> int | None:
    """Whole open seconds in the given calendar, else in that of the ticket's team at each instant."""
    pieces = calendar_pieces(judge.world, ticket, calendar, stop)
    if start == stop:
        here = [c for low, high, c in pieces if low <= start and (high is None or start < high)]
        return 0 if any(calendar in judge.calendars.zones for calendar in here) else None
    total = judge.calendars.open_microseconds(pieces, start, stop)
    return None if total is None else total // SECOND
