"""What the warehouse holds of a mailbox: threads as last read, and the newest state kept of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from ingestion.sources.ebay.columns import CONVERSATION_STATES, CONVERSATIONS, MESSAGES
from ingestion.unchanged import stored_columns

SET_ASIDE = ("ARCHIVE", "DELETE")
"""States in which a seller has done with a thread."""


@dataclass(frozen=True)
class KnownState:
    """The newest state of a thread that is kept; instants aware, UTC."""

    status: str | None
    seen_at: datetime
    previous_seen_at: datetime | None


@dataclass(frozen=True)
class KnownThread:
    """A thread as last read. ``is_waiting``: the buyer wrote last and the seller has not set it aside."""

    thread_id: str
    account: str
    status: str | None
    latest_message_id: str | None
    latest_message_at: datetime | None
    is_waiting: bool
    state: KnownState | None


def known_threads(warehouse: Path) -> dict[str, KnownThread]:
    """All stored threads by id; empty before the first load."""
    tables = stored_columns(warehouse, CONVERSATIONS.dataset).keys()
    if not {CONVERSATIONS.name, MESSAGES.name} <= tables:
        return {}
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        found = connection.execute(_threads(CONVERSATION_STATES.name in tables)).fetchall()
    return {row[0]: _thread(*row) for row in found}


def _thread(
    thread_id: str,
    account: str,
    status: str | None,
    message_id: str | None,
    message_at: datetime | None,
    is_waiting: bool,
    kept: str | None,
    seen_at: datetime | None,
    previous_seen_at: datetime | None,
) -> KnownThread:
    state = None if seen_at is None else KnownState(kept, seen_at, previous_seen_at)
    return KnownThread(thread_id, account, status, message_id, message_at, is_waiting, state)


def _threads(has_states: bool) -> str:
    # A warehouse of an earlier version has no states yet.
    states = (
        f"select * from {CONVERSATION_STATES.dataset}.{CONVERSATION_STATES.name}"
        " qualify row_number() over (partition by conversation_id order by seen_at desc) = 1"
        if has_states
        else "select null::varchar as conversation_id, null::varchar as conversation_status,"
        " null::timestamptz as seen_at, null::timestamptz as previous_seen_at where false"
    )
    aside = ", ".join(f"'{one}'" for one in SET_ASIDE)
    return f"""
        select threads.conversation_id, threads.seller_account, threads.conversation_status, threads.latest_message_id,
            threads.latest_message_date,
            coalesce(threads.conversation_status not in ({aside}) and not newest.is_from_seller, false),
            states.conversation_status, states.seen_at, states.previous_seen_at
        from {CONVERSATIONS.dataset}.{CONVERSATIONS.name} as threads
        left join {MESSAGES.dataset}.{MESSAGES.name} as newest
            on threads.conversation_id = newest.conversation_id and threads.latest_message_id = newest.message_id
        left join ({states}) as states on threads.conversation_id = states.conversation_id
        """
