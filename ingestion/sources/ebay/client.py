"""The eBay APIs for one selling account: login with its refresh token, offset paging, the two authorisation schemes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dlt.sources.helpers.requests import Client, Response

from ingestion.errors import ConfigurationError
from ingestion.sources.marketplace.http import Params, VendorClient, checked_url
from ingestion.sources.vendor_http import HttpLimits

SECRETS = "SOURCES__EBAY__CLIENT_ID, SOURCES__EBAY__CLIENT_SECRET and SOURCES__EBAY__REFRESH_TOKENS"

MARKETPLACES = {
    "ebay.at": "EBAY_AT",
    "ebay.be": "EBAY_BE",
    "ebay.ca": "EBAY_CA",
    "ebay.ch": "EBAY_CH",
    "ebay.co.uk": "EBAY_GB",
    "ebay.com": "EBAY_US",
    "ebay.com.au": "EBAY_AU",
    "ebay.de": "EBAY_DE",
    "ebay.es": "EBAY_ES",
    "ebay.fr": "EBAY_FR",
    "ebay.ie": "EBAY_IE",
    "ebay.it": "EBAY_IT",
    "ebay.nl": "EBAY_NL",
    "ebay.pl": "EBAY_PL",
}
"""Site → the vendor's id of it; an account id is a site, or a site followed by ``:`` and a name."""


def marketplace_of(account_id: str) -> str:
    """The vendor's marketplace id of an account; raises ConfigurationError for an unknown site."""
    site = account_id.partition(":")[0]
    if site not in MARKETPLACES:
        raise ConfigurationError(
            f"SOURCES__EBAY__REFRESH_TOKENS names the account {account_id!r}, which begins with no known site; write"
            f" one of {', '.join(MARKETPLACES)}, if need be followed by ':' and a name."
        )
    return MARKETPLACES[site]


@dataclass(frozen=True)
class UserGrant:
    """OAuth user token by refresh token; the application signs in with basic authentication.

    https://developer.ebay.com/api-docs/static/oauth-refresh-token-request.html
    """

    url: str
    client_id: str
    client_secret: str
    refresh_token: str

    def ask(self, client: Client) -> Response:
        """Trade the refresh token for an access token."""
        return client.request(
            "POST",
            f"{checked_url('ebay', self.url)}/identity/v1/oauth2/token",
            data={"grant_type": "refresh_token", "refresh_token": self.refresh_token},
            auth=(self.client_id, self.client_secret),
        )


class EbayClient:
    """Reads of one selling account; ``marketplace_id`` is its site in the vendor's notation."""

    def __init__(
        self,
        account_id: str,
        base_url: str,
        disputes_url: str,
        grant: UserGrant,
        limits: HttpLimits,
    ) -> None:
        self.account_id = account_id
        self.marketplace_id = marketplace_of(account_id)
        self._http = VendorClient("ebay", base_url, grant, SECRETS, limits)
        self._disputes = VendorClient("ebay", disputes_url, grant, SECRETS, limits)

    def get(self, path: str, params: Params | None = None) -> dict[str, Any]:
        """One document of the REST APIs; an empty answer (204) is an empty document."""
        return self._read(self._http, path, params, self._bearer)

    def post_order(self, path: str, params: Params | None = None) -> dict[str, Any]:
        """One document of the resolution centre, which wants another authorisation scheme and the site."""
        return self._read(self._http, f"/post-order/v2{path}", params, self._iaf)

    def pages(self, path: str, params: Params, limit: int) -> Iterator[dict[str, Any]]:
        """All pages of a REST collection by ``limit`` and ``offset``."""
        return self._pages(self._http, path, params, limit, self._bearer, ("total",))

    def dispute_pages(self, params: Params, limit: int) -> Iterator[dict[str, Any]]:
        """All pages of payment-dispute summaries; they live on a host of their own."""
        path = "/sell/fulfillment/v1/payment_dispute_summary"
        return self._pages(self._disputes, path, params, limit, self._bearer, ("total",))

    def post_order_pages(self, path: str, params: Params, limit: int) -> Iterator[dict[str, Any]]:
        """All pages of a search in the resolution centre."""
        total = ("paginationOutput", "totalEntries")
        return self._pages(self._http, f"/post-order/v2{path}", params, limit, self._iaf, total)

    def _read(
        self, http: VendorClient, path: str, params: Params | None, headers: Any
    ) -> dict[str, Any]:
        response = http.call("GET", path, headers, params)
        return http.document(response) if response.content else {}

    def _pages(
        self,
        http: VendorClient,
        path: str,
        params: Params,
        limit: int,
        headers: Any,
        total_at: tuple[str, ...],
    ) -> Iterator[dict[str, Any]]:
        offset = 0
        while True:
            document = self._read(http, path, {**params, "limit": limit, "offset": offset}, headers)
            yield document
            total: Any = document
            for name in total_at:
                total = (total or {}).get(name)
            offset += limit
            if offset >= int(total or 0):
                return

    def _bearer(self, token: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {token}", "Accept": "application/json"}

    def _iaf(self, token: str) -> dict[str, str]:
        return {
            "Authorization": f"IAF {token}",
            "X-EBAY-C-MARKETPLACE-ID": self.marketplace_id,
            "Accept": "application/json",
        }
