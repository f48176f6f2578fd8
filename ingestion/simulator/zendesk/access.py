"""Who may call and how often: OAuth client credentials, bearer tokens, calls a minute."""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Callable
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ingestion.simulator.world.options import SimulatorOptions

TOKEN_LIFETIME_SECONDS = 7200
INCREMENTAL_CALLS_PER_MINUTE = 10
OTHER_CALLS_PER_MINUTE = 700
_WINDOW_SECONDS = 60.0

Monotonic = Callable[[], float]


class Tokens:
    """Issues and checks bearer tokens; they live in memory only."""

    def __init__(self, options: SimulatorOptions, now: Monotonic = time.monotonic) -> None:
        self._options = options
        self._now = now
        self._expires: dict[str, float] = {}

    async def issue(self, request: Request) -> Response:
        """``POST /oauth/tokens`` with the client-credentials grant, as JSON or as a form."""
        body: dict[str, str] = {}
        if "json" in request.headers.get("content-type", ""):
            body = await request.json()
        else:
            body = dict(parse_qsl((await request.body()).decode()))
        if body.get("grant_type") != "client_credentials":
            return _oauth_error(
                400, "unsupported_grant_type", "Only client_credentials is supported."
            )
        given = (body.get("client_id"), body.get("client_secret"))
        if given != (self._options.client_id, self._options.client_secret):
            return _oauth_error(401, "invalid_client", "Client authentication failed.")
        token = secrets.token_hex(32)
        self._expires[token] = self._now() + TOKEN_LIFETIME_SECONDS
        return JSONResponse(
            {
                "access_token": token,
                "token_type": "bearer",
                "scope": body.get("scope", "read"),
                "expires_in": TOKEN_LIFETIME_SECONDS,
            }
        )

    def refuse(self, request: Request) -> Response | None:
        """The 401 for a request without a valid bearer token, None for one with it."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return JSONResponse({"error": "Couldn't authenticate you"}, 401)
        if self._expires.get(token, 0.0) <= self._now():
            return _oauth_error(
                401, "invalid_token", "The access token provided is expired, revoked or malformed."
            )
        return None

    def revoke_all(self) -> None:
        """Forget every token, as when an administrator revokes them."""
        self._expires.clear()


def _oauth_error(status: int, error: str, description: str) -> Response:
    return JSONResponse({"error": error, "error_description": description}, status)


class RateLimit:
    """At most ``calls`` in any minute, for all callers of the account together (trap Z18)."""

    def __init__(self, calls: float, now: Monotonic = time.monotonic) -> None:
        self.calls = calls
        self._now = now
        self._times: deque[float] = deque()

    def refuse(self) -> Response | None:
        """Count a call; the 429 with ``Retry-After`` when it is one too many. ``calls`` 0 = no limit."""
        if self.calls <= 0:
            return None
        now = self._now()
        while self._times and self._times[0] <= now - _WINDOW_SECONDS:
            self._times.popleft()
        if len(self._times) >= self.calls:
            wait = int(self._times[0] + _WINDOW_SECONDS - now) + 1
            return JSONResponse(
                {
                    "error": "APIRateLimitExceeded",
                    "description": "Number of allowed API requests per minute exceeded",
                },
                429,
                {"Retry-After": str(wait)},
            )
        self._times.append(now)
        return None
