"""One load's reading of the mailboxes: which threads have changed, and in which state each was met.

The vendor shows a thread's present state only and no time of its change, so every new state is kept with the poll that
met it first and the last one that met the state before: it changed between the two. What a buyer still waits for is met
at every poll, however long ago it was written, because setting it aside moves no time either.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ingestion.config import IngestionSettings
from ingestion.sources.ebay.known import SET_ASIDE, KnownState, KnownThread, known_threads
from ingestion.sources.ebay.mailbox import Mailbox
from ingestion.sources.ebay.orders import instant_of
from ingestion.sources.ebay.severed import SeveredThreads
from ingestion.unchanged import Row

LONGEST_WAIT = timedelta(days=365)
"""How long a thread that waits for an answer is met at every poll; the list is read from there on."""


@dataclass
class ThreadPoll:
    """Threads that differ from the stored ones, and the states that are new."""

    threads: list[Row] = field(default_factory=list)
    states: list[Row] = field(default_factory=list)


@dataclass
class ThreadPolling:
    """Reads the lists of all mailboxes.

    Attributes:
        start: begin of a first load.
        lookback: how far behind the newest message a list is read again.
        newest: kept from load to load; account → instant of its newest message.
        polls: kept from load to load; account → ``polled_at`` and ``window_from`` of its last poll.
    """

    settings: IngestionSettings
    mailboxes: dict[str, Mailbox]
    severed: SeveredThreads
    start: datetime
    lookback: timedelta
    newest: dict[str, Any]
    polls: dict[str, Any]

    def run(self) -> ThreadPoll:
        """Read what this load has to."""
        poll = ThreadPoll()
        known = known_threads(self.settings.warehouse)
        met: set[str] = set()
        for account, mailbox in self.mailboxes.items():
            since = self._since(account, known)
            for page in mailbox.conversation_pages(since):
                stamps = [row["latest_message_date"] or "" for row in page]
                self.newest[account] = max([self.newest.get(account) or "", *stamps])
                for row in self.severed.threads(page):
                    self._note(row, known.get(row["conversation_id"]), met, poll)
            self.polls[account] = {
                "polled_at": self.settings.as_of.isoformat(),
                "window_from": since.isoformat(),
            }
        # Threads of a warehouse from before states were kept: all that is known is how they stand.
        poll.states += [
            self._state_row(one.thread_id, one.status, None)
            for one in known.values()
            if one.state is None and one.thread_id not in met
        ]
        return poll

    def _since(self, account: str, known: dict[str, KnownThread]) -> datetime:
        newest = self.newest.get(account)
        if not newest:
            return self.start
        begin = instant_of(newest) - self.lookback
        waiting = [
            one.latest_message_at
            for one in known.values()
            if one.account == account and one.is_waiting and one.latest_message_at is not None
        ]
        earliest = self.settings.as_of - LONGEST_WAIT
        return min([begin, *(at for at in waiting if at >= earliest)])

    def _note(self, row: Row, known: KnownThread | None, met: set[str], poll: ThreadPoll) -> None:
        thread_id, status = row["conversation_id"], row["conversation_status"]
        is_written_to = known is None or known.latest_message_id != row["latest_message_id"]
        if known is None or is_written_to or known.status != status:
            poll.threads.append(row)
        state = known.state if known is not None else None
        is_new = state is None or state.status != status
        # What is set aside after one more message was set aside once more.
        if thread_id not in met and (is_new or (is_written_to and status in SET_ASIDE)):
            previous = None
            if known is not None and state is not None:
                previous = self._met_before(known, state)
            poll.states.append(self._state_row(thread_id, status, previous))
        met.add(thread_id)

    def _met_before(self, known: KnownThread, state: KnownState) -> datetime | None:
        """When the thread was last met in its old state: at the last poll, if that one read so far back."""
        if state.seen_at == self.settings.as_of:
            return state.previous_seen_at
        last = self.polls.get(known.account)
        if (
            last is None
            or known.latest_message_at is None
            or known.latest_message_at < instant_of(last["window_from"])
        ):
            return state.seen_at
        return max(state.seen_at, instant_of(last["polled_at"]))

    def _state_row(self, thread_id: str, status: str | None, previous: datetime | None) -> Row:
        return {
            "conversation_id": thread_id,
            "seen_at": self.settings.as_of.isoformat(),
            "conversation_status": status,
            "previous_seen_at": previous.isoformat() if previous is not None else None,
        }
