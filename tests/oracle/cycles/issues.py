"""Issues and how they were resolved (groups A and B).

`contacts_to_resolve`, `fcr_operational`, `tag_fcr`, `macro_fcr`, `repeat_contact_rate`, `one_touch_rate`.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tests.oracle.cycles.resolutions import MATURITY, Cycle
from tests.oracle.numbers.kpis import (
    NO_AGENT,
    Cell,
    Collector,
    Fact,
    Facts,
    Recorder,
    Sums,
    Value,
    ratio,
)
from tests.oracle.reasons.reason_times import FirstReplies
from tests.oracle.reasons.reasons import reason_name
from tests.oracle.turns.obligations import Obligation
from tests.oracle.world.tickets import Ticket

_LONGEST_CHAIN = 31
_DISTRIBUTION = ("resolved_in_1", "resolved_in_2", "resolved_in_3", "resolved_in_4_plus")


def issue_values(facts: Facts) -> list[Value]:
    """Values of the issue KPIs and of ``one_touch_rate``."""
    found = Collector(facts)
    issues = _Issues(facts)
    for ends in issues.ends.values():
        _resolved(found, issues, ends)
    _one_touch(found, facts)
    return [_value(cell, sums) for cell, sums in found.cells.items()]


def issue_facts(facts: Facts) -> list[Fact]:
    """Facts of the issue KPIs, one by one."""
    found, issues = Recorder(facts), _Issues(facts)
    for ends in issues.ends.values():
        _resolved(found, issues, ends)
    return found.rows


def _value(cell: Cell, sums: Sums) -> Value:
    """Contacts needed are a mean, not a share; only their distribution is one."""
    if cell.kpi == "contacts_to_resolve" and cell.variant == "none":
        mean = sums.numerator / sums.denominator
        return Value(cell, "mean", mean, sums.numerator, sums.denominator, sums.n)
    return ratio(cell, sums.numerator, sums.denominator)


class _Issues:
    """Turns, ends and new tickets of a tenant by issue."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        world = facts.world
        self.ends: dict[Any, list[Cycle]] = defaultdict(list)
        self.reopened: dict[Any, list[int]] = defaultdict(list)
        self.turns: dict[Any, list[Obligation]] = defaultdict(list)
        self.by_order: dict[Any, list[Obligation]] = defaultdict(list)
        self.opened: dict[Any, list[int]] = defaultdict(list)
        self.roots: dict[Any, list[Ticket]] = defaultdict(list)
        self.replies = FirstReplies(facts)
        for cycle in facts.cycles:
            if cycle.exclusion is None and cycle.ended_at is not None:
                self.ends[self.issue(cycle.root)].append(cycle)
                if cycle.reopened_at is not None:
                    self.reopened[self.issue(cycle.root)].append(cycle.reopened_at)
        for row in facts.obligations:
            is_contact = row.turn.kind in ("first", "next") and row.state != "excluded"
            is_thanks = row.state == "waived" and row.turn.waiver == "thank_you_rule"
            if is_contact and not is_thanks:
                self.turns[self.issue(row.root)].append(row)
                self.by_order[_customer(row.root)].append(row)
        for ticket in world.tickets.values():
            is_root = ticket.parent is None and world.exclusion(ticket) is None
            if is_root:
                self.roots[self.issue(ticket)].append(ticket)
            if is_root and ticket.row["origin"] in ("inbound", "proxy"):
                self.opened[self.issue(ticket)].append(ticket.row["created_at"])

    def issue(self, root: Ticket) -> Any:
        """Identity of the issue a root ticket belongs to."""
        row = root.row
        if row["issue_key"] is not None:
            return ("given", row["source_system"], row["issue_key"])
        head = self._head(root)
        parts = (head.row["customer_ref"], head.row["order_id"], self.facts.reason_of(head))
        if None in parts:
            return ("own", id(head))
        return (head.row["source_system"], *parts)

    def _head(self, root: Ticket) -> Ticket:
        node = root
        for _ in range(_LONGEST_CHAIN + 1):
            followed = self.facts.world.tickets.get(
                (node.row["source_system"], node.row["follow_up_of_ticket_id"])
            )
            if followed is None or followed.root is node:
                return node
            node = followed.root
        return root


def _customer(root: Ticket) -> tuple[str, str | None, str | None]:
    row = root.row
    return (row["source_system"], row["customer_ref"], row["order_id"])


def _resolved(found: Collector, issues: _Issues, ends: list[Cycle]) -> None:
    as_of = issues.facts.world.as_of
    old = [c for c in ends if c.ended_at is not None and c.ended_at + MATURITY <= as_of]
    if not old:
        return
    chosen = max(old, key=lambda c: c.ended_at or 0)
    end = chosen.ended_at or 0
    issue = issues.issue(chosen.root)
    contacts = [row for row in issues.turns[issue] if row.turn.started_at <= end]
    by_bot = sum(1 for row in contacts if row.state == "answered_by_bot")
    is_back = chosen.is_reopened_within_7d
    is_renewed = any(end < when <= end + MATURITY for when in issues.opened[issue])
    was_reopened = any(when <= end for when in issues.reopened[issue])
    root, team, agent = chosen.root, chosen.resolver_team, chosen.resolver
    if len(contacts) > by_bot:
        is_first = len(contacts) == 1 and not (is_back or is_renewed or was_reopened)
        found.add("fcr_operational", end, root, team, agent, hit=int(is_first), of=1)
        name = reason_name(issues.facts, root) or "untagged"
        found.add(
            "tag_fcr",
            end,
            root,
            team,
            NO_AGENT,
            hit=int(is_first),
            of=1,
            variant="operational",
            subject=("reason", name),
        )
        since = min(row.turn.started_at for row in contacts)
        macro = issues.replies.macro(issues.roots[issue], since, end)
        if macro is not None:
            found.add(
                "macro_fcr",
                end,
                root,
                None,
                NO_AGENT,
                hit=int(is_first),
                of=1,
                subject=("macro", macro),
                levels=("company", "platform", "marketplace_account", "channel", "macro"),
            )
    if contacts and not is_back:
        count = len(contacts)
        found.add("contacts_to_resolve", end, root, team, agent, hit=count, of=1)
        for place, name in enumerate(_DISTRIBUTION, start=1):
            hit = int(min(count, len(_DISTRIBUTION)) == place)
            found.add("contacts_to_resolve", end, root, team, agent, hit=hit, of=1, variant=name)
    returns = [row for c in ends for row in _returns(issues, c) if (c.ended_at or 0) <= end]
    is_other = bool(returns) and all(issues.issue(row.root) != issue for row in returns)
    found.add("repeat_contact_rate", end, root, team, NO_AGENT, hit=int(bool(returns)), of=1)
    found.add(
        "repeat_contact_rate",
        end,
        root,
        team,
        NO_AGENT,
        hit=int(is_other),
        of=1,
        variant="other_reason",
    )


def _returns(issues: _Issues, cycle: Cycle) -> list[Obligation]:
    """Contacts of the same customer about the same order within seven days of an end."""
    if cycle.root.row["customer_ref"] is None or cycle.ended_at is None:
        return []
    end = cycle.ended_at
    return [
        row
        for row in issues.by_order[_customer(cycle.root)]
        if end < row.turn.started_at <= end + MATURITY
    ]


def _one_touch(found: Collector, facts: Facts) -> None:
    replies: dict[int, int] = defaultdict(int)
    for cycle in facts.cycles:
        replies[id(cycle.root)] += len(cycle.replies)
    for cycle in facts.cycles:
        count = replies[id(cycle.root)]
        if cycle.is_last and cycle.ended_at is not None and cycle.exclusion is None and count:
            found.add(
                "one_touch_rate",
                cycle.ended_at,
                cycle.root,
                cycle.resolver_team,
                cycle.resolver,
                hit=int(count == 1),
                of=1,
            )
