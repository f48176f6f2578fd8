"""HTTP to a marketplace: token renewal, retries with back-off, failures in plain words.

Retries are those of :mod:`ingestion.sources.vendor_http`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

from dlt.sources.helpers.requests import Client, Response
from dlt.sources.helpers.requests.retry import DEFAULT_RETRY_EXCEPTIONS

from ingestion.errors import ContractError, CredentialsError, VendorUnreachableError
from ingestion.sources.vendor_http import (
    RETRIED_STATUSES,
    HttpLimits,
    json_object,
    patient_client,
)

RENEW_BEFORE_SECONDS = 60
Params = Mapping[str, str | int]


class RequestRefusedError(ContractError):
    """The vendor answered 4xx to a request that renewed credentials do not cure."""

    def __init__(self, vendor: str, status: int, path: str, detail: str) -> None:
        self.status = status
        super().__init__(
            f"{vendor} refused {path} with status {status} ({detail}); check the application's scopes or"
            " roles for this call."
        )


class TokenGrant(Protocol):
    """How a vendor trades a refresh token for an access token."""

    def ask(self, client: Client) -> Response:
        """Send the grant request."""
        ...


class VendorClient:
    """Reads JSON from one account of a vendor.

    The access token is renewed a minute before it expires, and once more when the vendor refuses it (401 or 403).
    """

    def __init__(
        self,
        vendor: str,
        base_url: str,
        grant: TokenGrant,
        secrets: str,
        limits: HttpLimits,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.vendor = vendor
        self._base_url = checked_url(vendor, base_url)
        self._grant = grant
        self._secrets = secrets
        self._clock = clock
        self._token = ""
        self._expires_at = 0.0
        self._client = patient_client(limits)

    def call(
        self,
        method: str,
        path: str,
        headers: Callable[[str], dict[str, str]],
        params: Params | None = None,
        json: Any = None,
    ) -> Response:
        """One authorised call below the base URL; ``headers`` makes the headers of a token.

        Raises:
            CredentialsError: a fresh token is refused too.
            RequestRefusedError: another 4xx.
            VendorUnreachableError: no answer, or 429/5xx after all attempts.
        """
        for is_last in (False, True):
            sent = headers(self._access_token(renew=is_last))
            response = self._send(
                method, self._base_url + path, params=params, json=json, headers=sent
            )
            if response.status_code not in (401, 403) or is_last:
                break
        self._refuse(path, response)
        return response

    def fetch(self, url: str) -> Response:
        """A pre-signed address, without credentials."""
        response = self._send("GET", url)
        self._refuse(urlsplit(url).path, response)
        return response

    def document(self, response: Response) -> dict[str, Any]:
        """The JSON object of an answer."""
        return json_object(response, f"{self.vendor} at {self._base_url} answered", "the address")

    def _access_token(self, *, renew: bool) -> str:
        if renew or self._clock() >= self._expires_at:
            try:
                response = self._grant.ask(self._client)
            except DEFAULT_RETRY_EXCEPTIONS as error:
                raise self._unreachable(error) from error
            if response.status_code in (400, 401, 403):
                raise CredentialsError(
                    f"{self.vendor} refused the login (status {response.status_code}); check {self._secrets}."
                )
            self._refuse("the login", response)
            granted = self.document(response)
            if not granted.get("access_token"):
                raise CredentialsError(
                    f"{self.vendor} gave no access token; check {self._secrets}."
                )
            self._token = str(granted["access_token"])
            life = float(granted.get("expires_in") or 0)
            self._expires_at = self._clock() + max(life - RENEW_BEFORE_SECONDS, life / 2)
        return self._token

    def _send(self, method: str, url: str, **arguments: Any) -> Response:
        try:
            return self._client.request(method, url, **arguments)
        except DEFAULT_RETRY_EXCEPTIONS as error:
            raise self._unreachable(error) from error

    def _unreachable(self, error: Exception) -> VendorUnreachableError:
        return VendorUnreachableError(
            f"{self.vendor} at {self._base_url} did not answer ({type(error).__name__}); check the address and the"
            " network, then run again: the load continues where it stopped."
        )

    def _refuse(self, path: str, response: Response) -> None:
        status = response.status_code
        if status < 400:
            return
        if status in (401, 403):
            raise CredentialsError(
                f"{self.vendor} answered {status} to {path} with a fresh token; check {self._secrets} and the"
                " scopes or roles granted to the application."
            )
        if status in RETRIED_STATUSES:
            raise VendorUnreachableError(
                f"{self.vendor} at {self._base_url} kept answering {status} to {path}; run again later: the load"
                " continues where it stopped."
            )
        raise RequestRefusedError(self.vendor, status, path, response.reason or "no reason given")


def checked_url(vendor: str, url: str) -> str:
    """The address without trailing slash; raises CredentialsError when it is none."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise CredentialsError(
            f"The address of {vendor} is {url!r}; write it with https:// (settings SOURCES__{vendor.upper()}__…)."
        )
    return url.rstrip("/")


def required(vendor: str, **values: str | None) -> None:
    """Raise CredentialsError naming every missing setting at once."""
    missing = [
        f"SOURCES__{vendor.upper()}__{name.upper()}" for name, value in values.items() if not value
    ]
    if missing:
        raise CredentialsError(
            f"{vendor} cannot be read: {', '.join(missing)} not set; put them into .env or the environment."
        )
