"""Customer turns of a merge group, event by event (catalogue §3.1).

``GroupReplay`` replays the group's history in order and gives every turn with how it ended; live contacts and proxy
calls are formed beside, since they are single contacts and not runs of messages.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.oracle.turns.turns import (
    SILENCE,
    Close,
    Turn,
    channel_policy,
    first_id,
    is_thanks,
    live_turn,
)
from tests.oracle.world import keys
from tests.oracle.world.canonical_rows import SECOND, Row
from tests.oracle.world.history import World
from tests.oracle.world.tickets import (
    DONE,
    Ticket,
    event_order,
    is_bot_answer,
    is_customer_message,
    is_human_reply,
    qualifying_replies,
)

_MERGE, _MESSAGE, _DELETION, _EVENT = 0, 1, 2, 3


class GroupReplay:
    """Sequential machine over one merge group; every live root has its own open turns."""

    def __init__(self, world: World, group: list[Ticket]) -> None:
        """Prepare; ``run`` does the work."""
        self.world, self.group = world, group
        self.as_of = world.as_of
        self.turns: list[Turn] = []
        self.root = {ticket.key: ticket for ticket in group}
        self.open: dict[Any, list[Turn]] = {ticket.key: [] for ticket in group}
        self.written: Counter[Any] = Counter()
        self.status: dict[Any, str] = {t.key: t.own["status"].steps[0][1] for t in group}
        self.qualifying = {id(m) for ticket in group for m in qualifying_replies(ticket)}
        self.live_tickets = {
            t.key for t in group if any(m["call_queue_entered_at"] is not None for m in t.messages)
        }

    def run(self) -> list[Turn]:
        """Replay everything up to ``as_of``."""
        for ticket in self.group:
            self._seed_contacts(ticket)
        for item in sorted(self._items(), key=lambda entry: entry[0]):
            (when, rank, *_), payload = item
            if rank == _MERGE:
                self._contain_before(when, inclusive=False)
                self._merge(payload, when)
            elif rank == _MESSAGE:
                self._contain_before(when, inclusive=True)
                self._message(payload, when)
            elif rank == _DELETION:
                self._contain_before(when, inclusive=False)
                self._deletion(payload, when)
            else:
                self._contain_before(when, inclusive=False)
                self._event(payload, when)
        self._contain_before(self.as_of, inclusive=True)
        for turn in self.turns:
            if turn.is_flagged:
                turn.settle_flagged()
            is_waiting = turn.ended_at is None and turn.state == "open" and turn.mode == "turn"
            if is_waiting and turn.standing_close(self.as_of) is not None:
                turn.state = "closed_unanswered"
        self._recover_missed()
        self.turns.sort(key=lambda t: (t.started_at, first_id(t), str(keys.key(*t.ticket.key))))
        return self.turns

    # ---- what happened, in order

    def _items(self) -> list[tuple[tuple[Any, ...], Any]]:
        items: list[tuple[tuple[Any, ...], Any]] = []
        for ticket in self.group:
            if ticket.merged_at is not None:
                items.append(((ticket.merged_at, _MERGE, 0, ticket.row["ticket_id"]), ticket))
            for message in ticket.messages:
                by_customer = 0 if is_customer_message(message) else 1
                order = (message["sent_at"], _MESSAGE, by_customer, message["message_id"])
                items.append((order, message))
                if is_customer_message(message) and message["deleted_at"] is not None:
                    order = (message["deleted_at"], _DELETION, 0, message["message_id"])
                    items.append((order, message))
            for event in ticket.events:
                if event["event_type"] in ("status_change", "marked_no_reply_needed"):
                    when, *order_rest = event_order(event)
                    items.append(((when, _EVENT, *order_rest), (ticket, event)))
        return items

    def _seed_contacts(self, ticket: Ticket) -> None:
        if ticket.row["origin"] == "proxy":
            created = ticket.row["created_at"]
            turn = Turn(ticket, [], created, created, mode="proxy")
            turn.responder = self._proxy_responder(ticket)
            turn.end("answered", created)
            turn.answers.append((created, False))
            self.turns.append(turn)
        for message in ticket.messages:
            if message["call_queue_entered_at"] is not None:
                turn = live_turn(self.world, ticket, message)
                if turn is not None:
                    self.turns.append(turn)

    def _proxy_responder(self, ticket: Ticket) -> str | None:
        for message in ticket.messages:
            if message["author_role"] == "agent" and message["author_id"] is not None:
                return str(message["author_id"])
        assignee: str | None = ticket.value("assignee").at(ticket.row["created_at"])
        return assignee

    # ---- messages

    def _message(self, message: Row, when: int) -> None:
        ticket: Ticket = message["ticket"]
        root = self.root[ticket.key]
        if is_customer_message(message):
            if not message["is_duplicate"] and not self._belongs_to_contact(ticket, message):
                self._customer(ticket, root, message, when)
        elif id(message) in self.qualifying:
            for turn in self._unended(root):
                turn.answers.append((when, False))
                turn.responder = message["author_id"]
                turn.end("answered", when)
        elif is_bot_answer(message):
            for turn in self._unended(root):
                turn.answers.append((when, True))
                turn.bot_since = when if turn.bot_since is None else turn.bot_since

    def _belongs_to_contact(self, ticket: Ticket, message: Row) -> bool:
        if message["call_queue_entered_at"] is not None:
            return True
        if ticket.key in self.live_tickets and message["message_kind"] in ("call", "chat_line"):
            return True
        if ticket.row["origin"] == "proxy":
            is_early = message["sent_at"] <= ticket.row["created_at"]
            return is_early or message["message_kind"] == "call"
        return False

    def _customer(self, ticket: Ticket, root: Ticket, message: Row, when: int) -> None:
        waiting = self._unended(root)
        flagged = bool(message["no_reply_needed"])
        for turn in waiting:
            turn.bot_since = None
            for close in turn.closes:
                close.cleared_at = when if close.cleared_at is None else close.cleared_at
        carrying = [turn for turn in waiting if not turn.is_flagged]
        run = next((turn for turn in waiting if turn.is_flagged), None)
        if carrying or (flagged and run is not None):
            joined = carrying[0] if carrying else run
            assert joined is not None
            joined.messages.append(message)
            joined.message_count += 1
            self.written[ticket.key] += 1
            return
        if run is not None:
            self.turns.remove(run)
            self.open[root.key].remove(run)
            self.written.subtract(m["ticket"].key for m in run.messages)
        turn = self._new_turn(ticket, message, when)
        turn.is_flagged = flagged
        if run is not None:
            turn.message_count += run.message_count
            self.written.update(m["ticket"].key for m in run.messages)
        if not flagged and self._holds_from_start(turn, message, root):
            turn.waiver = "thank_you_rule"
            turn.waived_by = ("rule", None)
            turn.end("waived", when)
        else:
            self.open[root.key].append(turn)

    def _new_turn(self, ticket: Ticket, message: Row, when: int) -> Turn:
        available = message["available_at"] if message["available_at"] is not None else when
        turn = Turn(ticket, [message], when, max(available, when), message_count=1)
        if available < when:
            turn.is_anomaly = True
            if when - available > 120 * SECOND:
                turn.exclusion = "clock_anomaly"
        contacts = [t for t in self.turns if t.ticket is ticket and t.mode != "turn"]
        earlier = any(other.started_at <= when for other in contacts)
        turn.kind = "next" if self.written[ticket.key] or earlier else "first"
        self.written[ticket.key] += 1
        self.turns.append(turn)
        return turn

    def _holds_from_start(self, turn: Turn, message: Row, root: Ticket) -> bool:
        if turn.kind != "next" or not is_thanks(message) or self.status[root.key] not in DONE:
            return False
        timeline = turn.ticket.value("status")
        return not any(
            turn.started_at <= start <= turn.started_at + SILENCE and value not in DONE
            for start, value in timeline.steps
        )

    # ---- everything else

    def _merge(self, ticket: Ticket, when: int) -> None:
        assert ticket.parent is not None
        old, new = self.root[ticket.key], self.root[ticket.parent.key]
        for key, root in list(self.root.items()):
            if root is old:
                self.root[key] = new
        moved, self.open[old.key] = self._unended(old), []
        events = [e for e in ticket.events if e["event_type"] == "merged"]
        is_duplicate = bool(events) and events[-1]["reason_code"] == "duplicate"
        has_open = any(not turn.is_flagged for turn in self._unended(new))
        for turn in moved:
            if is_duplicate and has_open and not turn.is_flagged:
                turn.waiver = "duplicate_merged"
                turn.waived_by = (events[-1]["actor_role"], events[-1]["actor_id"])
                turn.end("waived", when)
                continue
            if self.status[new.key] not in DONE:
                for close in turn.closes:
                    close.cleared_at = when if close.cleared_at is None else close.cleared_at
            self.open[new.key].append(turn)
        self._contain_now(new, when)

    def _deletion(self, message: Row, when: int) -> None:
        root = self.root[message["ticket"].key]
        for turn in self._unended(root):
            if not turn.is_flagged and any(m is message for m in turn.messages):
                gone = [m for m in turn.messages if m["deleted_at"] is not None]
                if len(gone) == len(turn.messages) and all(m["deleted_at"] <= when for m in gone):
                    if any(self._deleted_by_agent(m) for m in gone):
                        turn.exclusion = turn.exclusion or "deleted"
                        turn.end("excluded", when)
                    else:
                        turn.waiver = "customer_withdrew"
                        turn.waived_by = ("customer", None)
                        turn.end("waived", when)

    def _deleted_by_agent(self, message: Row) -> bool:
        events = [
            e
            for e in message["ticket"].events
            if e["event_type"] == "message_deleted" and e["from_value"] == message["message_id"]
        ]
        if events:
            return any(e["actor_role"] == "agent" for e in events)
        return (message["source_system"], message["deleted_by"]) in self.world.agents

    def _event(self, payload: tuple[Ticket, Row], when: int) -> None:
        ticket, event = payload
        root = self.root[ticket.key]
        if event["event_type"] == "marked_no_reply_needed":
            for turn in self._unended(root):
                turn.waiver = "marked_no_reply_needed"
                turn.waived_by = (event["actor_role"], event["actor_id"])
                turn.end("waived", when)
            return
        self.status[ticket.key] = event["to_value"]
        if root is not ticket:
            return
        if event["to_value"] in DONE:
            if event["reason_code"] != "merged":
                for turn in self._unended(root):
                    self._close(turn, root, event, when)
            self._contain_now(root, when)
        else:
            for turn in self._unended(root):
                for close in turn.closes:
                    close.cleared_at = when if close.cleared_at is None else close.cleared_at

    def _close(self, turn: Turn, root: Ticket, event: Row, when: int) -> None:
        role = event["actor_role"]
        if event["reason_code"] == "platform_closed":
            turn.waiver, turn.waived_by = "platform_closed", (role, event["actor_id"])
            turn.end("waived", when)
            return
        if role == "customer":
            turn.waiver, turn.waived_by = "customer_withdrew", (role, None)
            turn.end("waived", when)
            return
        # the tool that treats a solve as fulfilment knows the ticket that it solves, whatever was merged into it
        if channel_policy(self.world, root, when)["obligation_mode"] == "solve_fulfils":
            turn.responder = event["actor_id"] if role == "agent" else None
            turn.answers.append((when, False))
            turn.end("answered", when)
            return
        turn.closes.append(Close(when, role, event["actor_id"]))
        is_testable = turn.kind == "next" and not turn.is_flagged and not turn.is_thanks_tested
        if role == "agent" and is_testable:
            turn.is_thanks_tested = True
            if when <= turn.started_at + SILENCE and all(is_thanks(m) for m in turn.messages):
                turn.waiver, turn.waived_by = "thank_you_rule", (role, event["actor_id"])
                turn.end("waived", when)

    # ---- bots

    def _contain_before(self, when: int, *, inclusive: bool) -> None:
        for key, turns in self.open.items():
            if self.status[key] in DONE:
                for turn in turns:
                    if turn.ended_at is None and turn.bot_since is not None:
                        full = turn.bot_since + SILENCE
                        if full < when or (inclusive and full == when):
                            turn.end("answered_by_bot", full)

    def _contain_now(self, root: Ticket, when: int) -> None:
        if self.status[root.key] in DONE:
            for turn in self._unended(root):
                if turn.bot_since is not None and turn.bot_since + SILENCE <= when:
                    turn.end("answered_by_bot", when)

    def _unended(self, root: Ticket) -> list[Turn]:
        found = [turn for turn in self.open[root.key] if turn.ended_at is None]
        self.open[root.key] = sorted(found, key=lambda t: (t.started_at, first_id(t)))
        return self.open[root.key]

    # ---- live contacts called back

    def _recover_missed(self) -> None:
        replies = sorted(
            (m["sent_at"], m["message_id"], m["author_id"])
            for ticket in self.group
            for m in ticket.messages
            if id(m) in self.qualifying
        )
        calls = [
            (t.ended_at, first_id(t), t.responder)
            for t in self.turns
            if t.mode == "live" and t.state == "answered" and t.ended_at is not None
        ]
        for turn in self.turns:
            if turn.state == "missed" and turn.missed_at is not None:
                later = [c for c in sorted([*replies, *calls]) if c[0] > turn.missed_at]
                if later:
                    turn.recovered = (later[0][0], later[0][2])


__all__ = ["Close", "GroupReplay", "Turn", "channel_policy", "is_human_reply"]
