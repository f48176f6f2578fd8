"""HTTP access to one eDesk account: bearer token, one bucket for all calls, numbered pages, failures in plain words."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dlt.sources.helpers.requests import Response
from dlt.sources.helpers.requests.retry import DEFAULT_RETRY_EXCEPTIONS

from ingestion.errors import ContractError, CredentialsError, VendorUnreachableError
from ingestion.sources.marketplace.http import RequestRefusedError, checked_url
from ingestion.sources.vendor_http import (
    RETRIED_STATUSES,
    HttpLimits,
    json_object,
    patient_client,
)

TOKEN_VARIABLE = "SOURCES__EDESK__TOKEN"  # noqa: S105 - the name of a variable
NOT_FOUND = 404
PAGE = 100
BURST = 60
REFILL_PER_SECOND = 2.0


@dataclass
class Bucket:
    """Own count of the vendor's bucket, so that a call waits here instead of being refused there.

    ``refill`` calls a second up to ``burst``; a refill of 0 never waits.
    """

    burst: float
    refill: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        self._left = self.burst
        self._filled_at = self.clock()

    def take(self) -> None:
        """Take one call, after a wait if none is left."""
        if self.refill <= 0:
            return
        now = self.clock()
        self._left = min(self.burst, self._left + (now - self._filled_at) * self.refill)
        self._filled_at = now
        if self._left < 1:
            self.sleep((1 - self._left) / self.refill)
        # What is still owed after the sleep is made up by the time that has passed at the next call.
        self._left -= 1


@dataclass(frozen=True)
class Page:
    """One page of a list; ``is_last`` by the vendor's own count of items."""

    number: int
    records: list[Any]
    is_last: bool


class EdeskClient:
    """Reads of one account; ``calls`` counts them."""

    def __init__(self, base_url: str, token: str, limits: HttpLimits, bucket: Bucket) -> None:
        self._base_url = checked_url("edesk", base_url)
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        self._bucket = bucket
        self.calls = 0
        self._client = patient_client(limits)

    def page(self, path: str, number: int, filters: Mapping[str, str] | None = None) -> Page:
        """One page of a list, numbered from 1.

        Raises:
            CredentialsError, RequestRefusedError, VendorUnreachableError, ContractError: see :meth:`one`.
        """
        params = {**(filters or {}), "page": str(number), "itemsPerPage": str(PAGE)}
        document = self._document(path, self._call(path, params))
        records = document.get("data")
        if not isinstance(records, list):
            raise ContractError(
                f"edesk answered {path} without a list of data; check SOURCES__EDESK__BASE_URL."
            )
        paginator = document.get("paginator") or {}
        # The vendor may give smaller pages than asked for; its count says what is left.
        size = int(paginator.get("itemsPerPage") or PAGE)
        total = int(paginator.get("totalItemsCount") or 0)
        return Page(number, records, not records or number * size >= total)

    def pages(self, path: str, filters: Mapping[str, str] | None = None) -> Iterator[list[Any]]:
        """All pages of a list."""
        number, is_last = 1, False
        while not is_last:
            page = self.page(path, number, filters)
            yield page.records
            number, is_last = number + 1, page.is_last

    def one(self, path: str) -> Any:
        """What a single record's ``data`` holds; None where the vendor knows it no more.

        Raises:
            CredentialsError: the token is refused.
            RequestRefusedError: another 4xx.
            VendorUnreachableError: no answer, or 429/5xx after all attempts.
            ContractError: no JSON object.
        """
        response = self._call(path, None)
        return (
            None
            if response.status_code == NOT_FOUND
            else self._document(path, response).get("data")
        )

    def _call(self, path: str, params: Mapping[str, str] | None) -> Response:
        self._bucket.take()
        self.calls += 1
        try:
            response = self._client.request(
                "GET", f"{self._base_url}{path}", params=params, headers=self._headers
            )
        except DEFAULT_RETRY_EXCEPTIONS as error:
            raise VendorUnreachableError(
                f"edesk at {self._base_url} did not answer ({type(error).__name__}); check SOURCES__EDESK__BASE_URL"
                " and the network, then run again: the load continues where it stopped."
            ) from error
        self._refuse(path, response)
        return response

    def _refuse(self, path: str, response: Response) -> None:
        status = response.status_code
        if status in (401, 403):
            raise CredentialsError(
                f"edesk answered {status} to {path}; check {TOKEN_VARIABLE}: tokens are said to end after 90 days, a"
                " new one is made in eDesk under Settings, API."
            )
        if status in RETRIED_STATUSES:
            raise VendorUnreachableError(
                f"edesk at {self._base_url} kept answering {status} to {path}; run again later: the load continues"
                " where it stopped."
            )
        if status >= 400 and not (status == NOT_FOUND and path.count("/") > 1):
            raise RequestRefusedError("edesk", status, path, response.reason or "no reason given")

    @staticmethod
    def _document(path: str, response: Response) -> dict[str, Any]:
        return json_object(response, f"edesk answered {path}", "SOURCES__EDESK__BASE_URL")
