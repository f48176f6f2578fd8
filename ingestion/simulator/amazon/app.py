"""The selling-partner API on loopback: login, marketplaces, orders and reports. There is no way to read buyer messages.

Limits are the vendor's own token buckets, times ``options.rate_limit_scale``. A call without a valid token is refused
with 403, as the vendor does; unknown query parameters are ignored.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from datetime import time as clock_time
from functools import cached_property
from typing import Any, Protocol
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ingestion.simulator.amazon.health import HealthBook
from ingestion.simulator.amazon.health_report import health_report
from ingestion.simulator.amazon.limits import UsagePlan
from ingestion.simulator.amazon.orders import OrderIndex, SearchError, render_order
from ingestion.simulator.amazon.reports import ReportDesk, ReportError
from ingestion.simulator.clock import clock_of
from ingestion.simulator.world.commerce_accounts import ACCOUNTS
from ingestion.simulator.world.commerce_model import Order
from ingestion.simulator.world.options import SimulatorOptions

REFRESH_TOKEN = "Atzr|synthetic-not-a-secret"  # noqa: S105
TOKEN_SECONDS = 3600
_LANGUAGES = {"IT": "it_IT", "DE": "de_DE", "GB": "en_GB"}

Handler = Callable[[Request], Awaitable[Response]]


class CommerceWorld(Protocol):
    """What the adapter needs of the world."""

    @property
    def orders(self) -> Sequence[Order]:
        """All orders of all accounts."""
        ...


def _errors(
    status: int, code: str, message: str, headers: dict[str, str] | None = None
) -> Response:
    body = {"errors": [{"code": code, "message": message, "details": ""}]}
    return JSONResponse(body, status, headers)


def _query(request: Request) -> dict[str, list[str]]:
    """Query parameters as lists; lists come repeated or comma-separated."""
    values: dict[str, list[str]] = {}
    for name, text in request.query_params.multi_items():
        parts = [text] if name == "paginationToken" else text.split(",")
        values.setdefault(name, []).extend(part for part in parts if part)
    return values


class AmazonDesk:
    """State of one simulated seller: tokens, buckets, reports, the order index."""

    def __init__(
        self,
        world: CommerceWorld,
        options: SimulatorOptions,
        base_url: str | None = None,
        token_seconds: float = TOKEN_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._world = world
        self._options = options
        self._base_url = base_url
        self._token_seconds = token_seconds
        self._clock = clock
        self._now = clock_of(options.as_of)
        self._index: OrderIndex | None = None
        self._tokens: dict[str, float] = {}
        self.plan = UsagePlan(options.rate_limit_scale, clock)
        self.accounts = [account for account in ACCOUNTS if account.platform == "amazon"]

    @cached_property
    def _orders(self) -> list[Order]:
        return [order for order in self._world.orders if order.platform == "amazon"]

    @property
    def index(self) -> OrderIndex:
        """Orders known now; on the real clock it is rebuilt once a minute."""
        now = self._now()
        if self._index is None or (now - self._index.at).total_seconds() > 60:
            self._index = OrderIndex(self._orders, now)
        return self._index

    @cached_property
    def _books(self) -> dict[str, HealthBook]:
        return {
            account.vendor_id: HealthBook(
                order for order in self._orders if order.account_id == account.account_id
            )
            for account in self.accounts
        }

    @cached_property
    def reports(self) -> ReportDesk:
        """Reports asked for and scheduled."""
        start = self._options.start
        return ReportDesk(
            orders=self._orders,
            now=self._now,
            start=datetime.combine(start, clock_time(), UTC),
            health_body=lambda marketplaces, at: health_report(
                {name: self._books[name] for name in marketplaces},
                at,
                frozenset({"A1F83G8C2ARO7P"}),
            ),
            marketplaces=tuple(account.vendor_id for account in self.accounts),
        )

    def issue_token(self) -> dict[str, Any]:
        """A fresh access token."""
        token = f"Atza|simulated-{len(self._tokens) + 1}"
        self._tokens[token] = self._clock() + self._token_seconds
        return {
            "access_token": token,
            "token_type": "bearer",
            "expires_in": max(1, int(self._token_seconds)),
            "refresh_token": REFRESH_TOKEN,
        }

    def is_valid(self, token: str | None) -> bool:
        """Whether the token was issued here and has not expired."""
        return token is not None and self._tokens.get(token, 0.0) > self._clock()

    def guarded(self, operation: str, handler: Handler) -> Handler:
        """The handler behind token and token bucket."""

        async def guard(request: Request) -> Response:
            if not self.is_valid(request.headers.get("x-amz-access-token")):
                message = "The access token you provided has expired or is missing."
                return _errors(403, "Unauthorized", message)
            limit = {"x-amzn-RateLimit-Limit": str(self.plan.rate(operation))}
            if not self.plan.take(operation):
                message = "You exceeded your quota for the requested resource."
                return _errors(429, "QuotaExceeded", message, limit)
            response = await handler(request)
            response.headers.update(limit)
            return response

        return guard

    async def token(self, request: Request) -> Response:
        """Login with Amazon: refresh token to access token."""
        form = dict(parse_qsl((await request.body()).decode()))
        accepted = (self._options.client_id, self._options.client_secret)
        if (form.get("client_id"), form.get("client_secret")) != accepted:
            body = {"error": "invalid_client", "error_description": "Client authentication failed"}
            return JSONResponse(body, 401)
        if form.get("grant_type") != "refresh_token" or form.get("refresh_token") != REFRESH_TOKEN:
            body = {
                "error": "invalid_grant",
                "error_description": "The request has an invalid grant parameter : refresh_token",
            }
            return JSONResponse(body, 400)
        return JSONResponse(self.issue_token())

    async def participations(self, request: Request) -> Response:
        """GetMarketplaceParticipations."""
        payload = [
            {
                "marketplace": {
                    "id": account.vendor_id,
                    "name": f"Amazon.{account.account_id.removeprefix('amazon.')}",
                    "countryCode": account.country,
                    "defaultCurrencyCode": account.currency,
                    "defaultLanguageCode": _LANGUAGES[account.country],
                    "domainName": f"www.{account.account_id}",
                },
                "participation": {"isParticipating": True, "hasSuspendedListings": False},
                "storeName": "Simulated store",
            }
            for account in self.accounts
        ]
        return JSONResponse({"payload": payload})

    async def search_orders(self, request: Request) -> Response:
        """SearchOrders."""
        try:
            return JSONResponse(self.index.search(_query(request)))
        except SearchError as error:
            return _errors(400, "InvalidInput", str(error))

    async def get_order(self, request: Request) -> Response:
        """GetOrder."""
        order = self.index.get(request.path_params["order_id"])
        if order is None:
            return _errors(404, "NotFound", "The order does not exist.")
        included = frozenset(_query(request).get("includedData", ()))
        return JSONResponse({"order": render_order(order, self.index.at, included)})

    async def create_report(self, request: Request) -> Response:
        """CreateReport."""
        try:
            report = self.reports.create(await request.json())
        except (ReportError, ValueError) as error:
            return _errors(400, "InvalidInput", str(error))
        return JSONResponse({"reportId": report.report_id}, 202)

    async def list_reports(self, request: Request) -> Response:
        """getReports, newest first; ``nextToken`` is the position."""
        query = _query(request)
        if "nextToken" in query:
            kinds, position, size, since = query["nextToken"][0].split("|")
        else:
            kinds = ";".join(query.get("reportTypes", ()))
            position, size = "0", (query.get("pageSize") or ["10"])[0]
            since = (query.get("createdSince") or [""])[0]
            if not kinds:
                return _errors(400, "InvalidInput", "reportTypes or nextToken is required.")
        earliest = datetime.fromisoformat(since) if since else datetime.min.replace(tzinfo=UTC)
        wanted = [
            self.reports.state(report, polled=False)
            for report in self.reports.all_reports()
            if report.report_type in kinds.split(";") and report.created_at >= earliest
        ]
        begin, end = int(position), int(position) + int(size)
        answer: dict[str, Any] = {"reports": wanted[begin:end]}
        if end < len(wanted):
            answer["nextToken"] = f"{kinds}|{end}|{size}|{since}"
        return JSONResponse(answer)

    async def get_report(self, request: Request) -> Response:
        """GetReport."""
        report = self.reports.find(request.path_params["report_id"])
        if report is None:
            return _errors(404, "NotFound", "The report does not exist.")
        return JSONResponse(self.reports.state(report, polled=True))

    async def get_document(self, request: Request) -> Response:
        """getReportDocument: an address valid for a short while, without authorisation of its own."""
        report = self.reports.by_document(request.path_params["document_id"])
        if report is None or self.reports.document(report) is None:
            return _errors(404, "NotFound", "The document does not exist.")
        base = (self._base_url or str(request.base_url)).rstrip("/")
        address = f"{base}/report-documents/{report.document_id}?X-Amz-Expires=300"
        return JSONResponse(
            {
                "reportDocumentId": report.document_id,
                "url": address,
                "compressionAlgorithm": "GZIP",
            }
        )

    async def download(self, request: Request) -> Response:
        """The stored document; a bearer of tokens is refused, as the vendor's storage does."""
        report = self.reports.by_document(request.path_params["document_id"])
        body = self.reports.document(report) if report is not None else None
        if report is None or body is None or "x-amz-access-token" in request.headers:
            return Response("AccessDenied", 403)
        charset = "utf-8" if report.report_type.startswith("GET_V2") else "Cp1252"
        return Response(body, media_type=f"text/plain;charset={charset}")


def amazon_app(
    world: CommerceWorld,
    options: SimulatorOptions,
    base_url: str | None = None,
    token_seconds: float = TOKEN_SECONDS,
    clock: Callable[[], float] = time.monotonic,
) -> Starlette:
    """The vendor as an ASGI application.

    Args:
        world: gives the orders.
        options: ``as_of`` is the vendor's present; ``rate_limit_scale`` loosens the limits.
        base_url: own address, for links in answers; left out, the address that was called.
        token_seconds: life of an access token.
        clock: seconds that only grow; tests replace it.
    """
    desk = AmazonDesk(world, options, base_url, token_seconds, clock)
    reports = "/reports/2021-06-30"
    orders = "/orders/2026-01-01/orders"

    def route(path: str, operation: str, handler: Handler, method: str = "GET") -> Route:
        return Route(path, desk.guarded(operation, handler), methods=[method])

    return Starlette(
        routes=[
            Route("/auth/o2/token", desk.token, methods=["POST"]),
            route(
                "/sellers/v1/marketplaceParticipations",
                "getMarketplaceParticipations",
                desk.participations,
            ),
            route(orders, "searchOrders", desk.search_orders),
            route(f"{orders}/{{order_id}}", "getOrder", desk.get_order),
            route(f"{reports}/reports", "createReport", desk.create_report, "POST"),
            route(f"{reports}/reports", "getReports", desk.list_reports),
            route(f"{reports}/reports/{{report_id}}", "getReport", desk.get_report),
            route(f"{reports}/documents/{{document_id}}", "getReportDocument", desk.get_document),
            Route("/report-documents/{document_id}", desk.download),
        ]
    )
