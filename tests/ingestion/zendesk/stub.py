"""A scripted Zendesk account on loopback: a few synthetic records, and misbehaviour on request.

Its purpose is what a whole simulated world does not show on demand: the third page fails, a token dies, a type flips.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Record = dict[str, Any]
EPOCH = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
# ids of buyers are long: they are searched for in all bytes of a home, where four digits stand by chance
AGENT, OTHER_AGENT, BUYER, STRANGER = 501, 502, 390_017_443_201, 390_017_443_202
REASON_FIELD, FREE_TEXT_FIELD = 71, 72
SECRET_BODY = "Hello, this is Giulia Rossi, my phone is 0039-555-0100"


def at(minutes: float) -> str:
    """Instant so many minutes after the stub's epoch, as the vendor writes it."""
    return datetime.fromtimestamp(EPOCH.timestamp() + minutes * 60, UTC).strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )


def epoch(minutes: float) -> int:
    """The same instant in epoch seconds."""
    return int(EPOCH.timestamp() + minutes * 60)


def ticket(ticket_id: int, minutes: float = 0, **changes: Any) -> Record:
    """A ticket as the export sends it; ``minutes`` sets its export time."""
    return {
        "id": ticket_id,
        "generated_timestamp": epoch(minutes),
        "created_at": at(0),
        "updated_at": at(minutes),
        "status": "open",
        "priority": "normal",
        "type": None,
        "brand_id": 11,
        "group_id": 21,
        "assignee_id": AGENT,
        "requester_id": BUYER,
        "submitter_id": BUYER,
        "subject": "Where is my parcel, Giulia Rossi",
        "description": SECRET_BODY,
        "via": {
            "channel": "email",
            "source": {"from": {"address": "giulia@example.com"}, "rel": None},
        },
        "tags": ["where_is_my_order"],
        "custom_fields": [
            {"id": REASON_FIELD, "value": "where_is_my_order"},
            {"id": FREE_TEXT_FIELD, "value": "Giulia Rossi, Via Roma 1"},
        ],
        "satisfaction_rating": {"score": "unoffered"},
        "due_at": None,
    } | changes


def audit(
    audit_id: int, ticket_id: int, minutes: float, *children: Record, **changes: Any
) -> Record:
    """An audit of the event export."""
    return {
        "id": audit_id,
        "ticket_id": ticket_id,
        "created_at": at(minutes),
        "timestamp": epoch(minutes),
        "updater_id": BUYER,
        "via": "Mail",
        "event_type": "Audit",
        "metadata": {"system": {"ip_address": "203.0.113.9", "client": "Mozilla"}},
        "child_events": list(children),
    } | changes


def comment(
    comment_id: int, author_id: int, minutes: float, public: bool = True, **changes: Any
) -> Record:
    """A comment child of an audit."""
    return {
        "id": comment_id,
        "event_type": "Comment",
        "type": "Comment",
        "author_id": author_id,
        "body": SECRET_BODY,
        "html_body": f"<p>{SECRET_BODY}</p>",
        "public": public,
        "attachments": [{"file_name": "giulia-rossi-invoice.pdf"}],
        "created_at": at(minutes),
        "via": {
            "channel": "email",
            "source": {"from": {"name": "Giulia Rossi"}, "to": {}, "rel": None},
        },
    } | changes


def user(user_id: int, minutes: float = 0, **changes: Any) -> Record:
    """A user of the export."""
    return {
        "id": user_id,
        "name": "Giulia Rossi",
        "email": "giulia@example.com",
        "phone": "0039-555-0100",
        "role": "end-user",
        "active": True,
        "suspended": False,
        "time_zone": "Rome",
        "locale": "it",
        "tags": [],
        "user_fields": {"region": "Lazio", "nickname": "giuli"},
        "created_at": at(0),
        "updated_at": at(minutes),
    } | changes


@dataclass
class StubAccount:
    """What the account holds, how it pages and how it misbehaves.

    ``faults`` maps a path to a list of answers given, one a request, before the real one: a status, or a callable
    that gets the handler. ``token_lifetime`` = requests after which a token answers 401.
    """

    tickets: list[Record] = field(default_factory=list)
    events: list[Record] = field(default_factory=list)
    metric_events: list[Record] = field(default_factory=list)
    users: list[Record] = field(default_factory=list)
    ratings: list[Record] = field(default_factory=list)
    lists: dict[str, list[Record]] = field(default_factory=dict)
    page_size: int = 2
    overlap: int = 0
    token_lifetime: int | None = None
    retry_after: str | None = None
    faults: dict[str, list[int | Callable[[Any], None]]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    tokens_issued: int = 0
    uses_of_token: int = 0
    client_secret: str = "stub-secret"

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, Record]:
        """Status and document for a path."""
        path = path.removesuffix(".json")
        if path.endswith("/incremental/tickets/cursor"):
            return 200, self._cursor("tickets", self.tickets, query)
        if path.endswith("/incremental/users/cursor"):
            return 200, self._cursor("users", self.users, query)
        if path.endswith("/incremental/ticket_events"):
            return 200, self._timed("ticket_events", self.events, query, "timestamp", True)
        if path.endswith("/incremental/ticket_metric_events"):
            return 200, self._timed(
                "ticket_metric_events", self.metric_events, query, "time", False
            )
        if path.endswith("/satisfaction_ratings"):
            since = int(query.get("start_time", "0"))
            kept = [r for r in self.ratings if _epoch_of(r["updated_at"]) >= since]
            return 200, self._linked(path, "satisfaction_ratings", kept, query)
        if path.endswith("/holidays"):
            return 200, {"holidays": self.lists.get("holidays", [])}
        name = {"policies": "sla_policies"}.get(path.rsplit("/", 1)[1], path.rsplit("/", 1)[1])
        if name in self.lists or name in (
            "schedules",
            "tags",
            "macros",
            "brands",
            "groups",
            "group_memberships",
            "sla_policies",
            "ticket_fields",
        ):
            return 200, self._linked(path, name, self.lists.get(name, []), query)
        return 404, {"error": "RecordNotFound"}

    def _cursor(self, name: str, records: list[Record], query: dict[str, str]) -> Record:
        start = 0
        if "cursor" in query:
            start = int(query["cursor"].removeprefix("c"))
        page = records[max(0, start - self.overlap) : start + self.page_size]
        end = min(start + self.page_size, len(records))
        return {name: page, "after_cursor": f"c{end}", "end_of_stream": end >= len(records)}

    def _timed(
        self, name: str, records: list[Record], query: dict[str, str], clock: str, flagged: bool
    ) -> Record:
        def instant(record: Record) -> int:
            value = record[clock]
            return value if isinstance(value, int) else _epoch_of(value)

        start = int(query["start_time"])
        later = sorted((r for r in records if instant(r) >= start), key=instant)
        # The boundary second comes again, a page goes beyond it, and none ends inside a second: as the vendor does.
        boundary = sum(1 for r in later if instant(r) == start)
        size = boundary + self.page_size
        page = later[:size]
        page += [r for r in later[size:] if page and instant(r) == instant(page[-1])]
        end_time = instant(page[-1]) if page else start
        document: Record = {
            name: page,
            "count": len(page),
            "end_time": end_time,
            "next_page": f"?start_time={end_time}",
        }
        if flagged:
            document["end_of_stream"] = len(page) == len(later)
        return document

    def _linked(self, path: str, name: str, records: list[Record], query: dict[str, str]) -> Record:
        start = int(query.get("page[after]", "0"))
        end = start + self.page_size
        more = end < len(records)
        return {
            name: records[start:end],
            "meta": {"has_more": more},
            "links": {
                "next": f"https://elsewhere.example.com{path}?page[after]={end}" if more else None
            },
        }


def _epoch_of(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


class _Handler(BaseHTTPRequestHandler):
    account: StubAccount
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if body.get("client_secret") != self.account.client_secret:
            self.reply(401, {"error": "invalid_client"})
            return
        self.account.tokens_issued += 1
        self.account.uses_of_token = 0
        self.reply(
            200, {"access_token": f"token-{self.account.tokens_issued}", "token_type": "bearer"}
        )

    def do_GET(self) -> None:
        split = urlsplit(self.path)
        self.account.requests.append(self.path)
        if self.headers.get("Authorization") != f"Bearer token-{self.account.tokens_issued}":
            self.reply(401, {"error": "invalid_token"})
            return
        lifetime = self.account.token_lifetime
        self.account.uses_of_token += 1
        if lifetime is not None and self.account.uses_of_token > lifetime:
            self.reply(401, {"error": "invalid_token"})
            return
        faults = self.account.faults.get(split.path) or []
        fault = faults.pop(0) if faults else None
        if callable(fault):
            fault(self)
        elif fault is not None:
            self.reply(fault, {"error": "scripted"})
        else:
            query = {name: values[0] for name, values in parse_qs(split.query).items()}
            self.reply(*self.account.answer(split.path, query))

    def reply(self, status: int, document: Record) -> None:
        payload = json.dumps(document).encode()
        self.account.answers[status] += 1
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        if status == 429 and self.account.retry_after:
            self.send_header("Retry-After", self.account.retry_after)
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *_: object) -> None:
        """Silent."""


@contextmanager
def serve(account: StubAccount) -> Iterator[str]:
    """Serve the account on a free loopback port; yields its address."""
    handler = type("Handler", (_Handler,), {"account": account})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
