"""A small eDesk account on loopback whose tickets a test moves from poll to poll."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.ingestion.amazon.marketplaces import served

TOKEN = "synthetic-not-a-secret"
BUYER, ANNA, BRUNO = 700_001, 31, 32
AMAZON_IT = 6001
Json = dict[str, Any]


def clock(instant: datetime) -> str:
    """An instant as the vendor writes it."""
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


@dataclass
class StubAccount:
    """Tickets and items as the vendor holds them now.

    ``page_size`` caps pages, whatever is asked for; ``before`` is called with every request, to fail or to look.
    """

    tickets: dict[int, Json] = field(default_factory=dict)
    items: dict[int, Json] = field(default_factory=dict)
    page_size: int = 100
    before: Callable[[Request], Response | None] = lambda _: None
    calls: Counter[str] = field(default_factory=Counter)

    def ticket(self, ticket_id: int, created: datetime, **changes: Any) -> Json:
        """A new open ticket without items."""
        self.tickets[ticket_id] = {
            "id": ticket_id,
            "subject": "Where is it?",
            "type": "OrderQuery",
            "channel_id": AMAZON_IT,
            "status": "Open",
            "created_at": clock(created),
            "last_updated_at": None,
            "custom_fields": [],
            "tags_ids": [],
            "contact_id": BUYER,
            "messages_ids": [],
            "sales_order": {"id": 1, "seller_order_id": "404-1", "ship_to": {"name": "Ada Nobody"}},
            **changes,
        }
        return self.tickets[ticket_id]

    def item(self, ticket_id: int, item_id: int, at: datetime, **changes: Any) -> Json:
        """A message of the buyer, or what ``changes`` make of it."""
        self.items[item_id] = {
            "id": item_id,
            "type": "Message",
            "direction": "Incoming",
            "created_at": clock(at),
            "from_consumer_id": BUYER,
            "body": "Please help, yours Ada Nobody",
            "errors": [],
            "ticket_id": ticket_id,
            **changes,
        }
        ticket = self.tickets[ticket_id]
        ticket["messages_ids"] = [*ticket["messages_ids"], item_id]
        if self.items[item_id]["type"] == "Message":
            ticket["last_updated_at"] = clock(at)
        return self.items[item_id]

    def app(self) -> Starlette:
        """The account's read operations."""
        lists: dict[str, list[Json]] = {
            "users": [
                {"id": ANNA, "name": "Anna Bianchi", "email": "anna@shop.example", "active": True},
                {"id": BRUNO, "name": "Bruno Neri", "email": "bruno@shop.example", "active": True},
            ],
            "channels": [{"id": AMAZON_IT, "type": "Amazon", "country": "IT", "name": "Shop"}],
            "tags": [
                {"id": 1, "name": "late_delivery", "active": True, "tag_group_id": 9},
                {"id": 2, "name": "damaged_item", "active": True, "tag_group_id": 9},
            ],
            "tag-groups": [{"id": 9, "name": "Contact reasons"}],
            "templates": [],
        }
        routes = [
            Route("/v1/tickets", self._guarded(self._list)),
            Route(
                "/v1/tickets/{id:int}",
                self._guarded(lambda r: _one(self.tickets.get(r.path_params["id"]))),
            ),
            Route(
                "/v1/messages/{id:int}",
                self._guarded(lambda r: _one(self.items.get(r.path_params["id"]))),
            ),
        ]
        routes += [
            Route(f"/v1/{name}", self._guarded(lambda r, rows=rows: self._page(r, rows)))
            for name, rows in lists.items()
        ]
        return Starlette(routes=routes)

    def _guarded(self, handler: Callable[..., Response]) -> Callable[..., Any]:
        async def endpoint(request: Request) -> Response:
            self.calls[request.url.path.split("/")[2] + ("/1" if request.path_params else "")] += 1
            return self.before(request) or handler(request)

        return endpoint

    def _list(self, request: Request) -> Response:
        params = request.query_params
        rows = list(self.tickets.values())
        if "filter_status_equals" in params:
            rows = [one for one in rows if one["status"] == params["filter_status_equals"]]
        for name in ("last_updated_at", "created_at"):
            begin = params.get(f"filter_{name}_gte")
            if begin is not None:
                midnight = datetime.combine(date.fromisoformat(begin), time(0), UTC)
                # The account's user lives two hours east of UTC.
                first = clock(midnight - timedelta(hours=2))
                rows = [one for one in rows if one[name] is not None and one[name] >= first]
        return self._page(request, sorted(rows, key=lambda one: one["id"]))

    def _page(self, request: Request, rows: list[Json]) -> Response:
        size = min(int(request.query_params.get("itemsPerPage", 20)), self.page_size)
        page = int(request.query_params.get("page", 1))
        paginator = {"currentPage": page, "itemsPerPage": size, "totalItemsCount": len(rows)}
        return JSONResponse({"data": rows[(page - 1) * size : page * size], "paginator": paginator})


def _one(row: Json | None) -> Response:
    if row is None:
        return JSONResponse({"error": {"httpCode": 404, "message": "Not Found"}}, 404)
    return JSONResponse({"data": row})


@contextlib.contextmanager
def serve(account: StubAccount) -> Iterator[str]:
    """The account's base address."""
    with served(account.app()) as address:
        yield f"{address}/v1"
