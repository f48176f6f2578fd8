"""The HTTP face of the simulated Zendesk Support account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ingestion.simulator.clock import clock_of, iso_z
from ingestion.simulator.world.calendars import epoch
from ingestion.simulator.world.options import SimulatorOptions
from ingestion.simulator.world.world import World
from ingestion.simulator.zendesk.access import (
    INCREMENTAL_CALLS_PER_MINUTE,
    OTHER_CALLS_PER_MINUTE,
    RateLimit,
    Tokens,
)
from ingestion.simulator.zendesk.exports import Exports
from ingestion.simulator.zendesk.index import ExportIndex
from ingestion.simulator.zendesk.paging import BadRequest, Row, paged
from ingestion.simulator.zendesk.people_json import People
from ingestion.simulator.zendesk.reference_json import Settings
from ingestion.simulator.zendesk.single_ticket import SingleTickets, ratings_page

Handler = Callable[["Account", Request, datetime], Row | None]


class Account:
    """What all endpoints of one account share."""

    def __init__(self, world: World, options: SimulatorOptions, base_url: str) -> None:
        self.base_url = base_url
        self.clock = clock_of(options.as_of)
        self.index = ExportIndex(world)
        self.people = People(world, base_url)
        self.settings = Settings(self.index, base_url)
        self.exports = Exports(self.index, self.people, base_url, options.page_overlap)
        self.tickets = SingleTickets(self.index, self.exports.metric_sets, base_url)
        self.tokens = Tokens(options)
        scale = options.rate_limit_scale
        self.incremental_limit = RateLimit(INCREMENTAL_CALLS_PER_MINUTE * scale)
        self.other_limit = RateLimit(OTHER_CALLS_PER_MINUTE * scale)

    def url(self, request: Request) -> str:
        """The request's address without its query, as next-page links need it."""
        return f"{self.base_url}{request.url.path}"


def zendesk_app(
    world: World, options: SimulatorOptions, base_url: str = "http://127.0.0.1"
) -> Starlette:
    """The account as an ASGI application.

    Args:
        world: whose contacts it shows.
        options: clock, limits and credentials.
        base_url: own address, for the links in answers.
    """
    account = Account(world, options, base_url)
    routes = [Route("/oauth/tokens", account.tokens.issue, methods=["POST"])]
    for path, handler in _ROUTES.items():
        for suffix in ("", ".json"):
            routes.append(Route(f"/api/v2{path}{suffix}", _endpoint(account, path, handler)))
    app = Starlette(routes=routes)
    app.state.account = account
    return app


def _endpoint(account: Account, path: str, handler: Handler) -> Callable[[Request], Any]:
    limit = account.incremental_limit if path.startswith("/incremental") else account.other_limit

    async def endpoint(request: Request) -> Response:
        refused = account.tokens.refuse(request) or limit.refuse()
        if refused is not None:
            return refused
        try:
            answer = handler(account, request, account.clock())
        except BadRequest as error:
            return _json(error.body, error.status)
        if answer is None:
            return _json({"error": "RecordNotFound", "description": "Not found"}, 404)
        return _json(answer)

    return endpoint


def _json(body: Row, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")


def _listed(key: str, rows: Callable[[Account, Request, int], list[Row]]) -> Handler:
    """A handler that pages a reference list."""

    def handler(account: Account, request: Request, now: datetime) -> Row:
        found = rows(account, request, epoch(now))
        return paged(found, key, account.url(request), request.query_params)

    return handler


def _holidays(account: Account, request: Request, now: datetime) -> Row | None:
    params = request.query_params
    first = _date(params.get("start_date"), now.date() - timedelta(days=365))
    last = _date(params.get("end_date"), now.date() + timedelta(days=2 * 365))
    rows = account.settings.holidays(int(request.path_params["schedule_id"]), first, last)
    return None if rows is None else {"holidays": rows}


def _date(text: str | None, default: date) -> date:
    if not text:
        return default
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadRequest(400, "InvalidValue", f"Invalid date {text!r}.") from error


def _macros(account: Account, request: Request, instant: int) -> list[Row]:
    include = set(request.query_params.get("include", "").split(","))
    return account.settings.macros(instant, include)


def _me(account: Account, request: Request, now: datetime) -> Row:
    return {
        "user": account.people.user_json(390_003, epoch(now)) | {"authenticity": iso_z(epoch(now))}
    }


def _one_user(account: Account, request: Request, now: datetime) -> Row | None:
    user_id = int(request.path_params["user_id"])
    if (
        user_id not in account.people.by_id
        or account.people.changed_at(user_id, epoch(now)) is None
    ):
        return None
    return {"user": account.people.user_json(user_id, epoch(now))}


def _users(account: Account, request: Request, now: datetime) -> Row:
    instant = epoch(now)
    shown = [
        user_id
        for at, user_id in account.people.changes
        if account.people.changed_at(user_id, instant) == at
    ]
    return paged(
        shown,
        "users",
        account.url(request),
        request.query_params,
        lambda user_id: account.people.user_json(user_id, instant),
    )


_ROUTES: dict[str, Handler] = {
    "/incremental/tickets/cursor": lambda a, r, now: a.exports.tickets(r.query_params, now),
    "/incremental/users/cursor": lambda a, r, now: a.exports.users(r.query_params, now),
    "/incremental/ticket_events": lambda a, r, now: a.exports.ticket_events(r.query_params, now),
    "/incremental/ticket_metric_events": lambda a, r, now: a.exports.ticket_metric_events(
        r.query_params, now
    ),
    "/satisfaction_ratings": lambda a, r, now: ratings_page(
        a.index, a.url(r), r.query_params, epoch(now)
    ),
    "/tickets/{ticket_id:int}": lambda a, r, now: a.tickets.show(
        r.path_params["ticket_id"], epoch(now)
    ),
    "/tickets/{ticket_id:int}/audits": lambda a, r, now: a.tickets.audits(
        r.path_params["ticket_id"], epoch(now), a.url(r), r.query_params
    ),
    "/tickets/{ticket_id:int}/comments": lambda a, r, now: a.tickets.comments(
        r.path_params["ticket_id"], epoch(now), a.url(r), r.query_params
    ),
    "/tickets/{ticket_id:int}/metrics": lambda a, r, now: a.tickets.metrics(
        r.path_params["ticket_id"], epoch(now)
    ),
    "/tickets": lambda a, r, now: a.tickets.list(epoch(now), a.url(r), r.query_params),
    "/ticket_metrics": lambda a, r, now: a.tickets.all_metrics(
        epoch(now), a.url(r), r.query_params
    ),
    "/deleted_tickets": lambda a, r, now: a.tickets.deleted(epoch(now), a.url(r), r.query_params),
    "/users": _users,
    "/users/me": _me,
    "/users/{user_id:int}": _one_user,
    "/groups": _listed("groups", lambda a, r, instant: a.people.groups()),
    "/group_memberships": _listed(
        "group_memberships", lambda a, r, instant: a.people.memberships(instant)
    ),
    "/brands": _listed("brands", lambda a, r, instant: a.settings.brands()),
    "/macros": _listed("macros", _macros),
    "/macros/active": _listed(
        "macros", lambda a, r, instant: [row for row in _macros(a, r, instant) if row["active"]]
    ),
    "/slas/policies": _listed("sla_policies", lambda a, r, instant: a.settings.policies(instant)),
    "/business_hours/schedules": lambda a, r, now: {"schedules": a.settings.schedules()},
    "/business_hours/schedules/{schedule_id:int}/holidays": _holidays,
    "/tags": _listed("tags", lambda a, r, instant: a.settings.tags(instant)),
    "/ticket_fields": _listed("ticket_fields", lambda a, r, instant: a.settings.ticket_fields()),
}
