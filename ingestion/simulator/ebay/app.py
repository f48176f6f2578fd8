"""The eBay APIs on loopback: login, orders, disputes, standards, service metrics, mailbox, resolution centre.

One application serves both of the seller's accounts; the refresh token says which. The resolution centre wants
``Authorization: IAF <token>``, everything else ``Bearer``.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ingestion.simulator.clock import clock_of
from ingestion.simulator.ebay.pages import (
    BadRequest,
    EbaySession,
    EbayWorld,
    Handler,
    cancellations_page,
    conversation_page,
    conversations_page,
    disputes_page,
    error_response,
    one_request,
    one_standard,
    orders_page,
    requests_page,
    service,
    standards,
)
from ingestion.simulator.world.commerce_accounts import ACCOUNTS
from ingestion.simulator.world.options import SimulatorOptions

TOKEN_SECONDS = 7200
DAILY_QUOTAS = {"standards": 100, "service_metric": 400}
"""Calls a day per account that the vendor publishes for these two resources."""


def refresh_token(account_id: str) -> str:
    """The synthetic refresh token of an account."""
    return f"v^1.1#synthetic-not-a-secret#{account_id}"


class EbayDesk:
    """State of the simulated vendor: tokens and daily quotas."""

    def __init__(
        self,
        world: EbayWorld,
        options: SimulatorOptions,
        token_seconds: float,
        clock: Callable[[], float],
    ) -> None:
        self.world = world
        self._options = options
        self._token_seconds = token_seconds
        self._clock = clock
        self.now = clock_of(options.as_of)
        self._tokens: dict[str, tuple[str, float]] = {}
        self._calls: dict[tuple[str, str, int], int] = {}
        self._accounts = [one.account_id for one in ACCOUNTS if one.platform == "ebay"]
        self._sessions: dict[str, EbaySession] = {}

    def session(self, account_id: str) -> EbaySession:
        """The account as known now; on the real clock it is refreshed once a minute."""
        now = self.now()
        known = self._sessions.get(account_id)
        if known is None or (now - known.at).total_seconds() > 60:
            known = self._sessions[account_id] = EbaySession(self.world, account_id, now)
        return known

    async def token(self, request: Request) -> Response:
        """Refresh token to user access token; the application signs in with basic authentication."""
        pair = f"{self._options.client_id}:{self._options.client_secret}".encode()
        expected = "Basic " + base64.b64encode(pair).decode()
        if request.headers.get("authorization") != expected:
            body = {"error": "invalid_client", "error_description": "client authentication failed"}
            return JSONResponse(body, 401)
        form = dict(parse_qsl((await request.body()).decode()))
        account = next(
            (one for one in self._accounts if form.get("refresh_token") == refresh_token(one)), None
        )
        if form.get("grant_type") != "refresh_token" or account is None:
            body = {
                "error": "invalid_grant",
                "error_description": "the provided authorization refresh token is invalid",
            }
            return JSONResponse(body, 400)
        token = f"v^1.1#i^1#synthetic-{len(self._tokens) + 1}"
        self._tokens[token] = (account, self._clock() + self._token_seconds)
        return JSONResponse(
            {
                "access_token": token,
                "expires_in": max(1, int(self._token_seconds)),
                "token_type": "User Access Token",
            }
        )

    def _account(self, request: Request, scheme: str) -> str | None:
        given, _, token = request.headers.get("authorization", "").partition(" ")
        account, expires = self._tokens.get(token, ("", 0.0))
        return account if given == scheme and expires > self._clock() else None

    def _within_quota(self, account: str, resource: str | None) -> bool:
        if resource is None or self._options.rate_limit_scale <= 0:
            return True
        day = int(self._clock() // 86400)
        key = (account, resource, day)
        self._calls[key] = self._calls.get(key, 0) + 1
        return self._calls[key] <= DAILY_QUOTAS[resource] * self._options.rate_limit_scale

    def guarded(
        self, handler: Handler, scheme: str = "Bearer", quota: str | None = None
    ) -> Callable[[Request], Awaitable[Response]]:
        """The handler behind token and quota."""

        async def guard(request: Request) -> Response:
            account = self._account(request, scheme)
            if account is None:
                return error_response(401, 1001, "OAuth", "Invalid access token")
            if scheme == "IAF" and "x-ebay-c-marketplace-id" not in request.headers:
                return error_response(
                    400, 1500, "PostOrder", "X-EBAY-C-MARKETPLACE-ID is required."
                )
            if not self._within_quota(account, quota):
                return error_response(429, 2001, "ACCESS", "Too many requests.")
            try:
                return handler(self.session(account), request)
            except BadRequest as error:
                return error_response(400, 30700, "API", str(error))

        return guard


def ebay_app(
    world: EbayWorld,
    options: SimulatorOptions,
    base_url: str | None = None,
    token_seconds: float = TOKEN_SECONDS,
    clock: Callable[[], float] = time.monotonic,
) -> Starlette:
    """The vendor as an ASGI application.

    Args:
        world: gives orders and conversations.
        options: ``as_of`` is the vendor's present; ``rate_limit_scale`` loosens the quotas.
        base_url: own address; not needed here, links repeat the address that was called.
        token_seconds: life of an access token.
        clock: seconds that only grow; tests replace it.
    """
    desk = EbayDesk(world, options, token_seconds, clock)
    sell, message, post = "/sell", "/commerce/message/v1", "/post-order/v2"
    bearer = desk.guarded

    def iaf(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        return desk.guarded(handler, "IAF")

    return Starlette(
        routes=[
            Route("/identity/v1/oauth2/token", desk.token, methods=["POST"]),
            Route(f"{sell}/fulfillment/v1/order", bearer(orders_page)),
            Route(f"{sell}/fulfillment/v1/payment_dispute_summary", bearer(disputes_page)),
            Route(
                f"{sell}/analytics/v1/seller_standards_profile",
                bearer(standards, quota="standards"),
            ),
            Route(
                f"{sell}/analytics/v1/seller_standards_profile/{{program}}/{{cycle}}",
                bearer(one_standard, quota="standards"),
            ),
            Route(
                f"{sell}/analytics/v1/customer_service_metric/{{kind}}/{{cycle}}",
                bearer(service, quota="service_metric"),
            ),
            Route(f"{message}/conversation", bearer(conversations_page)),
            Route(f"{message}/conversation/{{conversation_id}}", bearer(conversation_page)),
            Route(f"{post}/cancellation/search", iaf(cancellations_page)),
            Route(f"{post}/{{kind}}/search", iaf(requests_page)),
            Route(f"{post}/{{kind}}/{{request_id}}", iaf(one_request)),
        ]
    )
