"""How a step fails: with one sentence, and with a retry only where waiting can help."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from ingestion.errors import DeskhouseError, VendorUnreachableError, WarehouseLockedError
from orchestration.resources import ATTENDED_TAG, Context, is_set


def failure(context: Context, error: Exception) -> dg.Failure:
    """A failure of a step; a person at a terminal is told at once, a schedule tries again when that may help."""
    passes = isinstance(error, VendorUnreachableError | WarehouseLockedError)
    text = str(error) if isinstance(error, DeskhouseError) else f"{type(error).__name__}: {error}"
    return dg.Failure(text, allow_retries=passes and not is_set(context, ATTENDED_TAG))


@contextmanager
def one_sentence(context: Context) -> Iterator[None]:
    """Turn every exception of the block into a failure of the step."""
    try:
        yield
    except dg.Failure:
        raise
    except Exception as error:
        raise failure(context, error) from error
