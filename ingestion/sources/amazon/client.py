"""The selling-partner API of one region: login with a refresh token, calls paced to each operation's limit."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dlt.sources.helpers.requests import Client, Response

from ingestion.sources.marketplace.http import Params, VendorClient, checked_url
from ingestion.sources.vendor_http import HttpLimits

SECRETS = (
    "SOURCES__AMAZON__CLIENT_ID, SOURCES__AMAZON__CLIENT_SECRET and SOURCES__AMAZON__REFRESH_TOKEN"
)
PUBLISHED_LIMITS: dict[str, tuple[float, float]] = {
    "searchOrders": (0.0056, 20),
    "getReports": (0.0222, 10),
    "createReport": (0.0167, 15),
    "getReport": (2, 15),
    "getReportDocument": (0.0167, 15),
    "getMarketplaceParticipations": (0.016, 15),
}
"""Operation → calls per second and burst, the vendor's defaults; the rate is corrected by each answer's header."""

RATE_HEADER = "x-amzn-RateLimit-Limit"


@dataclass(frozen=True)
class LwaGrant:
    """Login with Amazon.

    https://developer-docs.amazon.com/sp-api/docs/connect-to-the-selling-partner-api
    """

    url: str
    client_id: str
    client_secret: str
    refresh_token: str

    def ask(self, client: Client) -> Response:
        """Trade the refresh token for an access token."""
        form = {
            "grant_type": "refresh_token",
            "refresh_token": self.refresh_token,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }
        return client.request("POST", f"{checked_url('amazon', self.url)}/auth/o2/token", data=form)


class Pacer:
    """Keeps calls of each operation inside its token bucket, so that the vendor seldom has to say 429."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._rates = {name: rate for name, (rate, _) in PUBLISHED_LIMITS.items()}
        self._tokens = {name: burst for name, (_, burst) in PUBLISHED_LIMITS.items()}
        self._seen = dict.fromkeys(PUBLISHED_LIMITS, clock())

    def wait(self, operation: str) -> None:
        """Sleep until the operation may be called."""
        self._refill(operation)
        if self._tokens[operation] < 1:
            self._sleep((1 - self._tokens[operation]) / self._rates[operation])
            self._refill(operation)
        self._tokens[operation] -= 1

    def learn(self, operation: str, header: str | None) -> None:
        """Take over the rate the vendor announces for this account."""
        try:
            rate = float(header or 0)
        except ValueError:
            return
        if rate > 0 and rate != self._rates[operation]:
            before = self._burst(operation)
            self._rates[operation] = rate
            self._tokens[operation] += self._burst(operation) - before

    def _burst(self, operation: str) -> float:
        rate, burst = PUBLISHED_LIMITS[operation]
        return max(1.0, burst * self._rates[operation] / rate)

    def _refill(self, operation: str) -> None:
        now = self._clock()
        gained = (now - self._seen[operation]) * self._rates[operation]
        self._tokens[operation] = min(self._burst(operation), self._tokens[operation] + gained)
        self._seen[operation] = now


class AmazonClient:
    """Calls by operation name."""

    def __init__(
        self, base_url: str, grant: LwaGrant, limits: HttpLimits, pacer: Pacer | None = None
    ) -> None:
        self._http = VendorClient("amazon", base_url, grant, SECRETS, limits)
        self._pacer = pacer or Pacer()

    def get(self, operation: str, path: str, params: Params | None = None) -> dict[str, Any]:
        """One read."""
        return self._call(operation, "GET", path, params=params)

    def post(self, operation: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """One request with a JSON body."""
        return self._call(operation, "POST", path, json=body)

    def download(self, url: str) -> Response:
        """A report document at its pre-signed address; the access token must not be sent there."""
        return self._http.fetch(url)

    def _call(self, operation: str, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        self._pacer.wait(operation)
        response = self._http.call(
            method, path, lambda token: {"x-amz-access-token": token}, **arguments
        )
        self._pacer.learn(operation, response.headers.get(RATE_HEADER))
        return self._http.document(response)
