"""The HTTP face of the simulated eDesk account: bearer token, one bucket for all calls, the read operations."""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ingestion.simulator.clock import clock_of
from ingestion.simulator.edesk import reference
from ingestion.simulator.edesk.lists import BadRequest, chosen, paged
from ingestion.simulator.edesk.shown import Account
from ingestion.simulator.edesk.ticket_json import item_json, ticket_json
from ingestion.simulator.token_bucket import TokenBucket
from ingestion.simulator.world.calendars import epoch
from ingestion.simulator.world.options import SimulatorOptions
from ingestion.simulator.world.world import World

Json = dict[str, Any]
BURST = 60
REFILL_PER_SECOND = 2.0
PREFIX = "/v1"


def access_token(options: SimulatorOptions) -> str:
    """The account's token; it opens nothing else."""
    return options.client_secret


class Desk:
    """What all calls share."""

    def __init__(self, world: World, options: SimulatorOptions, clock: Callable[[], float]) -> None:
        self.world = world
        self.account = Account(world)
        self.orders = {order.order_id: order for order in world.orders}
        self._now = clock_of(options.as_of)
        self._token = access_token(options)
        scale = options.rate_limit_scale
        self._bucket = (
            TokenBucket(REFILL_PER_SECOND * scale, max(1.0, BURST * scale), clock)
            if scale > 0
            else None
        )
        self._refill = REFILL_PER_SECOND * scale

    @property
    def instant(self) -> int:
        """The vendor's present, epoch seconds."""
        return epoch(self._now())

    def refuse(self, request: Request) -> Response | None:
        """The answer to a call without the token, or to one too many; None for all others."""
        if request.headers.get("authorization") != f"Bearer {self._token}":
            return _error(401, "Unauthorized")
        if self._bucket is not None and not self._bucket.take():
            wait = max(1, math.ceil(1 / self._refill))
            return _error(429, "Too Many Requests", {"Retry-After": str(wait)})
        return None

    def tickets(self, request: Request) -> Json:
        """``/tickets``."""
        instant = self.instant
        rows = chosen(self.account.tickets(instant), request.query_params)
        return paged(rows, request.query_params, lambda one: ticket_json(one, self.orders, instant))

    def ticket(self, request: Request) -> Json | None:
        """``/tickets/{ticketId}``."""
        instant = self.instant
        shown = self.account.tickets(instant).get(request.path_params["ticket_id"])
        return None if shown is None else {"data": ticket_json(shown, self.orders, instant)}

    def message(self, request: Request) -> Json | None:
        """``/messages/{messageId}``."""
        found = self.account.item(request.path_params["message_id"], self.instant)
        return None if found is None else {"data": item_json(self.world, *found)}

    def users(self, request: Request) -> Json:
        """``/users``."""
        return paged(reference.users(self.world, self.instant), request.query_params)


def edesk_app(
    world: World,
    options: SimulatorOptions,
    base_url: str = "",
    clock: Callable[[], float] = time.monotonic,
) -> Starlette:
    """The account as an ASGI application.

    Args:
        world: whose contacts it shows.
        options: clock, limits and token.
        base_url: own address; not needed here, answers hold no links to themselves.
        clock: seconds that only grow, for the bucket; tests replace it.
    """
    desk = Desk(world, options, clock)
    lists = {
        "channels": reference.channels(),
        "tags": reference.tags(),
        "tag-groups": reference.tag_groups(),
        "templates": reference.templates(),
    }
    calls: dict[str, Callable[[Request], Json | None]] = {
        "tickets": desk.tickets,
        "tickets/{ticket_id:int}": desk.ticket,
        "messages/{message_id:int}": desk.message,
        "users": desk.users,
    }
    for name, rows in lists.items():
        calls[name] = _listed(rows)
    return Starlette(
        routes=[Route(f"{PREFIX}/{path}", _endpoint(desk, call)) for path, call in calls.items()]
    )


def _listed(rows: list[Json]) -> Callable[[Request], Json]:
    return lambda request: paged(rows, request.query_params)


def _endpoint(
    desk: Desk, call: Callable[[Request], Json | None]
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        refused = desk.refuse(request)
        if refused is not None:
            return refused
        try:
            answer = call(request)
        except BadRequest as error:
            return _error(400, str(error))
        return _error(404, "Not Found") if answer is None else _json(answer)

    return endpoint


def _json(body: Json, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(body), status, headers, media_type="application/json")


def _error(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    error = {"httpCode": status, "message": message, "details": message}
    return _json({"error": error}, status, headers)
