"""HTTP access to one Zendesk account: OAuth client credentials, limits, retries, failures in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import orjson
from dlt.sources.helpers.requests import Response
from dlt.sources.helpers.requests.retry import DEFAULT_RETRY_EXCEPTIONS

from ingestion.errors import ContractError, CredentialsError, VendorUnreachableError
from ingestion.sources.vendor_http import (
    RETRIED_STATUSES,
    HttpLimits,
    json_object,
    patient_client,
)

UNAUTHORIZED, FORBIDDEN, NOT_FOUND = 401, 403, 404
TOO_MANY_REQUESTS = 429
_SECRETS = "SOURCES__ZENDESK__CLIENT_ID and SOURCES__ZENDESK__CLIENT_SECRET"


TOO_RECENT = "StartTimeTooRecent"


class RequestRefusedError(ContractError):
    """The vendor answered 4xx; ``status``, ``path`` and ``code``, the vendor's word for it, say what and where."""

    def __init__(self, status: int, path: str, detail: str, code: str = "") -> None:
        self.status = status
        self.path = path
        self.code = code
        super().__init__(
            f"zendesk refused {path} with status {status} ({detail});"
            " check the account's plan and the scope of its OAuth client."
        )


class StartTooRecentError(RequestRefusedError):
    """The export was asked for what the vendor still withholds, the last minute: there is nothing more to read yet."""

    def __init__(self, status: int, path: str, detail: str, code: str = "") -> None:
        super().__init__(status, path, detail, code)
        self.args = (
            f"zendesk has nothing to export of {path} yet, because the start lies within the last minute or ahead"
            " (StartTimeTooRecent); set SOURCES__ZENDESK__START_DATE to an earlier instant or run again later.",
        )


class EndpointForbiddenError(CredentialsError):
    """The token is valid but may not read this endpoint: a scope, a role or the account's plan is missing."""


class ZendeskClient:
    """Reads JSON documents of one account.

    A token is asked for when first needed and again, once per request, when the account answers 401. Pages are read
    ahead, so that requests run at the same time: one of them renews the token and the others take what it got. 429
    waits as long as ``Retry-After`` says; 5xx, timeouts and broken connections back off exponentially. API tokens are
    not offered: they stop working on 2027-04-30 (contract notes Z2).

    https://developer.zendesk.com/documentation/api-basics/authentication/oauth-migration/
    """

    def __init__(
        self,
        base_url: str,
        client_id: str,
        client_secret: str,
        limits: HttpLimits,
        scope: str = "read",
    ) -> None:
        if urlsplit(base_url).scheme not in ("http", "https"):
            raise CredentialsError(
                f"SOURCES__ZENDESK__BASE_URL is {base_url!r}; write the account's address like"
                " https://example.zendesk.com."
            )
        self._base_url = base_url.rstrip("/")
        self._grant = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": client_secret,
            "scope": scope,
        }
        self._token: str | None = None
        self._renewal = Lock()
        self._client = patient_client(limits)

    def get(self, path: str, params: Mapping[str, str | int] | None = None) -> dict[str, Any]:
        """One document; ``path`` is relative to the account or a full address of the same account.

        Raises CredentialsError (401 with a fresh token; EndpointForbiddenError: 403), RequestRefusedError (other 4xx),
        VendorUnreachableError (no answer, or still 429/5xx after all attempts).
        """
        token = self._token
        response = self._send(path, params, token) if token else None
        if response is None or response.status_code == UNAUTHORIZED:
            response = self._send_renewed(path, params, token)
        self._refuse(path, response)
        return self._document(path, response)

    def _send_renewed(
        self, path: str, params: Mapping[str, str | int] | None, refused: str | None
    ) -> Response:
        """The answer to a token newer than the ``refused`` one: another request's, else one of its own.

        A token is shared once the account has taken it. Others can so neither use it up before this request nor
        ask for the next one, and a 401 to it means that the credentials do not suffice.
        """
        with self._renewal:
            if self._token and self._token != refused:
                response = self._send(path, params, self._token)
                if response.status_code != UNAUTHORIZED:
                    return response
            token = self._granted_token()
            response = self._send(path, params, token)
            self._token = token if response.status_code != UNAUTHORIZED else None
            return response

    def _send(self, path: str, params: Mapping[str, str | int] | None, token: str) -> Response:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        return self._request("GET", self._address(path), params=params, headers=headers)

    def _address(self, path: str) -> str:
        """Links in answers are followed on the configured host only, so that the token goes nowhere else."""
        split = urlsplit(path)
        query = f"?{split.query}" if split.query else ""
        return f"{self._base_url}{split.path}{query}"

    def _granted_token(self) -> str:
        response = self._request("POST", f"{self._base_url}/oauth/tokens", json=self._grant)
        if 400 <= response.status_code < 500 and response.status_code != TOO_MANY_REQUESTS:
            raise CredentialsError(
                f"zendesk at {self._base_url} refused the OAuth client (status"
                f" {response.status_code}); check {_SECRETS}."
            )
        self._refuse("/oauth/tokens", response)
        token = self._document("/oauth/tokens", response).get("access_token")
        if not token:
            raise CredentialsError(
                f"zendesk at {self._base_url} gave no access token; check the OAuth client behind {_SECRETS}."
            )
        return str(token)

    def _request(self, method: str, url: str, **arguments: Any) -> Response:
        try:
            return self._client.request(method, url, **arguments)
        except DEFAULT_RETRY_EXCEPTIONS as error:
            raise VendorUnreachableError(
                f"zendesk at {self._base_url} did not answer ({type(error).__name__}); check"
                " SOURCES__ZENDESK__BASE_URL and the network, then run again: the load continues where it stopped."
            ) from error

    def _refuse(self, path: str, response: Response) -> None:
        status = response.status_code
        if status < 400:
            return
        if status in (UNAUTHORIZED, FORBIDDEN):
            kind = EndpointForbiddenError if status == FORBIDDEN else CredentialsError
            raise kind(
                f"zendesk answered {status} to {urlsplit(path).path}; the OAuth client needs the scope read and"
                f" an admin as owner (incremental exports are for admins). Check {_SECRETS}."
            )
        if status in RETRIED_STATUSES:
            raise VendorUnreachableError(
                f"zendesk at {self._base_url} kept answering {status} to {urlsplit(path).path}; run again later:"
                " the load continues where it stopped."
            )
        code = _code_of(response)
        detail = ", ".join(part for part in (response.reason, code) if part) or "no reason given"
        is_too_recent = code.lower().replace(" ", "") == TOO_RECENT.lower()
        kind_of_refusal = StartTooRecentError if is_too_recent else RequestRefusedError
        raise kind_of_refusal(status, urlsplit(path).path, detail, code)

    @staticmethod
    def _document(path: str, response: Response) -> dict[str, Any]:
        return json_object(
            response, f"zendesk answered {urlsplit(path).path}", "SOURCES__ZENDESK__BASE_URL"
        )


def _code_of(response: Response) -> str:
    """The vendor's word for a refusal, ``error`` of its body (a text, or an object with a title); empty without one."""
    try:
        body = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return ""
    if not isinstance(body, dict):
        return ""
    if str(body.get("description", "")).lower().startswith("too recent start_time"):
        return TOO_RECENT
    error = body.get("error")
    if isinstance(error, dict):
        error = error.get("title") or error.get("code")
    return error[:80] if isinstance(error, str) else ""
