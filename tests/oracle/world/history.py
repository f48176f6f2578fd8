"""What held when: the world of one tenant, merge groups and agents' home teams (catalogue §2, §3.1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from tests.oracle.world.calendar import ALWAYS, ANY_TEAM
from tests.oracle.world.canonical_rows import MINUTE, Row, Tables, moment
from tests.oracle.world.keys import key, person_of
from tests.oracle.world.tickets import BEGINNING, Ticket, Timeline, event_order, is_customer_message

_ATTRIBUTES = {
    "status": ("status_change", "status"),
    "assignee": ("assignee_change", "assignee_id"),
    "team": ("team_change", "team_id"),
    "priority": ("priority_change", "priority"),
    "reason": ("reason_change", "primary_reason_tag_id"),
}


class Team(str):
    """Id of a team with the system it is of, which is not the ticket's where somebody works in two of them."""

    source: str

    @classmethod
    def of(cls, source: str, team_id: str) -> Team:
        """The team of a system."""
        team = cls(team_id)
        team.source = source
        return team


def source_of_team(team: str | None, otherwise: str) -> str:
    """System that a team is of."""
    return team.source if isinstance(team, Team) else otherwise


def begun_last(memberships: Iterable[Row]) -> Row | None:
    """The membership that ends all others: one home team at a time."""
    return max(
        memberships,
        key=lambda row: (row["valid_from"], row["team_id"], row["source_system"]),
        default=None,
    )


def home_on(memberships: Iterable[Row], day: date) -> str | None:
    """Key of the home team on a day, by the memberships of one person of one tenant."""
    best = begun_last(
        row
        for row in memberships
        if moment(row["valid_from"]).date() <= day
        and (row["valid_to"] is None or day < moment(row["valid_to"]).date())
    )
    return key(best["tenant_id"], best["source_system"], best["team_id"]) if best else None


def team_key(tenant: str, source: str, team: str | None) -> str | None:
    """Key of a team: of the system it says it is of, else of the given one."""
    return key(tenant, source_of_team(team, source), team)


class World:
    """One tenant at one instant: every fact later than ``as_of`` is out."""

    def __init__(self, tables: Tables, tenant: str, as_of: int) -> None:
        """Index the tenant's rows; build timelines and merge trees."""
        self.tenant, self.as_of = tenant, as_of
        self._exclusions: dict[int, tuple[Ticket, str | None]] = {}
        self.tables: Tables = {
            name: [row for row in rows if row["tenant_id"] == tenant]
            for name, rows in tables.items()
        }
        self.channels = _index(self.tables["channels"], "source_system", "channel_id")
        self.customers = _index(self.tables["customers"], "source_system", "customer_ref")
        self.agents = _index(self.tables["agents"], "source_system", "agent_id")
        self.teams = _index(self.tables["teams"], "source_system", "team_id")
        self.tags = _index(self.tables["tags"], "source_system", "tag_id")
        self.accounts = _index(self.tables["marketplace_accounts"], "marketplace_account_id")
        self._speaking = {
            row["source_system"]
            for row in self.tables["messages"]
            if row["sent_at"] <= as_of
            and (is_customer_message(row) or row["call_queue_entered_at"] is not None)
        }
        self._homes: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in self.tables["team_membership"]:
            self._homes[person_of(tenant, row["source_system"], row["agent_id"])].append(row)
        self.tickets = self._build_tickets()
        self._attach_messages()
        self._link_merges()

    def _build_tickets(self) -> dict[tuple[str, str], Ticket]:
        events: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for event in self.tables["ticket_events"]:
            events[event["source_system"], event["ticket_id"]].append(event)
        found = {}
        for row in self.tables["tickets"]:
            if row["created_at"] > self.as_of:
                continue
            key = (row["source_system"], row["ticket_id"])
            ordered = sorted(events[key], key=event_order)
            now = row | {"team_id": row["team_id"] or self._channel_team(row)}
            own = {
                name: self._timeline(ordered, kind, now[column])
                for name, (kind, column) in _ATTRIBUTES.items()
            }
            visible = [event for event in ordered if event["occurred_at"] <= self.as_of]
            found[key] = Ticket(row, visible, own)
            found[key].told_marks = _told_marks(ordered)
            found[key].has_later_merge = any(
                event["event_type"] == "merged" and event["occurred_at"] > self.as_of
                for event in ordered
            )
        return found

    def _channel_team(self, ticket: Row) -> str | None:
        """Team that works a ticket's channel, of one that never had a team: the sheet's line that began last."""
        begun = [
            row
            for row in self.tables["channel_teams"]
            if row["source_system"] == ticket["source_system"]
            and row["channel_id"] == ticket["channel_id"]
            and row["valid_from"] <= ticket["created_at"]
            and not row["is_deleted_in_source"]
        ]
        last = max(begun, key=lambda row: row["valid_from"], default=None)
        is_over = (
            last is None or (last["valid_to"] or ticket["created_at"] + 1) <= ticket["created_at"]
        )
        return None if is_over or last is None else str(last["team_id"])

    def _timeline(self, ordered: list[Row], kind: str, current: Any) -> Timeline:
        changes = [event for event in ordered if event["event_type"] == kind]
        first = changes[0]["from_value"] if changes else current
        steps = [(BEGINNING, first)]
        steps += [
            (event["occurred_at"], event["to_value"])
            for event in changes
            if event["occurred_at"] <= self.as_of
        ]
        return Timeline(steps)

    def _attach_messages(self) -> None:
        for row in sorted(self.tables["messages"], key=lambda m: (m["sent_at"], m["message_id"])):
            ticket = self.tickets.get((row["source_system"], row["ticket_id"]))
            if ticket is None or row["sent_at"] > self.as_of:
                continue
            message = dict(row)
            for name in ("deleted_at", "call_answered_at", "call_ended_at", "abandoned_at"):
                if message[name] is not None and message[name] > self.as_of:
                    message[name] = None
            message["ticket"] = ticket
            ticket.messages.append(message)
        _mark_duplicates([m for ticket in self.tickets.values() for m in ticket.messages])

    def _link_merges(self) -> None:
        for (source, _), ticket in self.tickets.items():
            target = ticket.row["merged_into_ticket_id"]
            parent = self.tickets.get((source, target)) if target else None
            if parent is None or parent is ticket:
                continue
            when = self._merge_instant(ticket)
            if when is not None and when <= self.as_of:
                ticket.merged_at, ticket.parent = when, parent
        for ticket in self._circular():  # a circle of merges has no root: its tickets stand alone
            ticket.parent, ticket.merged_at = None, None
        for ticket in self.tickets.values():
            if ticket.parent is not None:
                ticket.parent.children.append(ticket)

    def _merge_instant(self, ticket: Ticket) -> int | None:
        merges = [event for event in ticket.events if event["event_type"] == "merged"]
        if merges:
            last: int = merges[-1]["occurred_at"]
            return last
        if ticket.has_later_merge:
            return None
        fallback: int | None = ticket.row["source_updated_at"]
        return fallback if fallback is not None else int(ticket.row["created_at"])

    def _circular(self) -> list[Ticket]:
        found = []
        for ticket in self.tickets.values():
            seen, node = {ticket.key}, ticket
            while node.parent is not None and node.parent.key not in seen:
                node = node.parent
                seen.add(node.key)
            if node.parent is not None:
                found.append(ticket)
        return found

    def groups(self) -> list[list[Ticket]]:
        """Merge groups: the root first, then every ticket merged into it."""
        result = []
        for ticket in self.tickets.values():
            if ticket.parent is None:
                group, stack = [], [ticket]
                while stack:
                    node = stack.pop()
                    group.append(node)
                    stack += node.children
                result.append(group)
        return result

    def is_silent(self, ticket: Ticket) -> bool:
        """Whether the ticket's source delivers nothing that customers say, neither messages nor calls."""
        return ticket.row["source_system"] not in self._speaking

    def is_bot(self, source: str, agent: str | None) -> bool:
        """Whether an assignee is a bot."""
        row = self.agents.get((source, agent))
        return bool(row and row["is_bot"])

    def home_team(self, source: str, agent: str | None, when: int) -> str | None:
        """Home team of an agent at an instant."""
        valid = [
            row
            for row in self._homes.get(person_of(self.tenant, source, agent or ""), ())
            if row["valid_from"] <= when and (row["valid_to"] is None or when < row["valid_to"])
        ]
        best = begun_last(valid)
        return Team.of(best["source_system"], best["team_id"]) if best else None

    def team_calendar(self, source: str, team: str | None) -> str:
        """Calendar in force while a team has a ticket: its own or around the clock; of nobody: of any team."""
        row = self.teams.get((source_of_team(team, source), team))
        return (row["calendar_id"] or ALWAYS) if row else ANY_TEAM

    def exclusion(self, ticket: Ticket) -> str | None:
        """Reason why a root ticket is outside every KPI, or null; found once, because every number asks."""
        known = self._exclusions.get(id(ticket))
        if known is None:
            # with the ticket itself, so that no other one can come to have its id
            known = self._exclusions[id(ticket)] = (ticket, self._excluded(ticket))
        return known[1]

    def _excluded(self, ticket: Ticket) -> str | None:
        current = ticket.row["status"]
        if self._is_marked(ticket, "spam", "marked_spam", "unmarked_spam", current == "spam"):
            return "spam"
        is_gone = current == "deleted" or ticket.row["is_deleted_in_source"]
        if self._is_marked(ticket, "deleted", "deleted", "restored", is_gone):
            return "deleted"
        return "test" if ticket.row["is_test"] else None

    def _is_marked(self, ticket: Ticket, status: str, mark: str, unmark: str, now: bool) -> bool:
        if ticket.own["status"].at(self.as_of) == status:
            return True
        marks = [e["event_type"] for e in ticket.events if e["event_type"] in (mark, unmark)]
        if marks:
            return bool(marks[-1] == mark)
        return now and status not in ticket.told_marks


def _told_marks(events: list[Row]) -> set[str]:
    """Exclusions whose instant some event tells, also one after ``as_of``."""
    names = {
        "marked_spam": "spam",
        "unmarked_spam": "spam",
        "deleted": "deleted",
        "restored": "deleted",
    }
    told = {names[e["event_type"]] for e in events if e["event_type"] in names}
    changes = [e for e in events if e["event_type"] == "status_change"]
    return told | {e["to_value"] for e in changes} | {e["from_value"] for e in changes}


def _index(rows: list[Row], *names: str) -> dict[Any, Row]:
    if len(names) == 1:
        return {row[names[0]]: row for row in rows}
    return {tuple(row[name] for name in names): row for row in rows}


def _mark_duplicates(messages: list[Row]) -> None:
    """E19: the same customer text about the same order over two channels within ten minutes."""
    seen: dict[Any, list[Row]] = defaultdict(list)
    for message in sorted(messages, key=lambda m: (m["sent_at"], m["message_id"])):
        ticket = message["ticket"].row
        message["is_duplicate"] = False
        if not is_customer_message(message) or not ticket["order_id"] or not message["body_hash"]:
            continue
        key = (ticket["order_id"], message["author_id"], message["body_hash"])
        message["is_duplicate"] = any(
            other["ticket"].row["channel_id"] != ticket["channel_id"]
            and message["sent_at"] - other["sent_at"] <= 10 * MINUTE
            for other in seen[key]
        )
        seen[key].append(message)
