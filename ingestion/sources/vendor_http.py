"""What HTTP to every vendor has in common: patience, and answers that are JSON objects.

Built on dlt's requests client: 408, 429, 5xx, timeouts and cut connections are tried again, ``Retry-After`` is heeded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from dlt.sources.helpers.requests import Client, Response

from ingestion.errors import ContractError

RETRIED_STATUSES = (408, 429, 500, 502, 503, 504)


@dataclass(frozen=True)
class HttpLimits:
    """Patience of a client; delays in seconds."""

    timeout_seconds: float = 60
    max_attempts: int = 10
    backoff_seconds: float = 1
    max_delay_seconds: float = 240


def patient_client(limits: HttpLimits) -> Client:
    """A client that tries again within its limits and leaves the last answer to whoever asked."""
    return Client(
        request_timeout=limits.timeout_seconds,
        raise_for_status=False,
        status_codes=RETRIED_STATUSES,
        request_max_attempts=limits.max_attempts,
        request_backoff_factor=limits.backoff_seconds,
        request_max_retry_delay=limits.max_delay_seconds,
    )


def json_object(response: Response, answered: str, check: str) -> dict[str, Any]:
    """The JSON object of an answer.

    Args:
        response: what came.
        answered: beginning of the sentence if it is none, such as ``zendesk answered /tickets``.
        check: the setting to look at.

    Raises:
        ContractError: it is no JSON, or no object.
    """
    try:
        found = orjson.loads(response.content)
    except orjson.JSONDecodeError as error:
        raise ContractError(
            f"{answered} with something that is not JSON; check {check} (a proxy or a login page may be in between)."
        ) from error
    if not isinstance(found, dict):
        raise ContractError(
            f"{answered} with a JSON {type(found).__name__} instead of an object; check {check}."
        )
    return found
