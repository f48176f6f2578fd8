"""How a step fails: with one sentence, and with a retry only where waiting can help."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from ingestion.errors import DeskhouseError, VendorUnreachableError, WarehouseLockedError
from orchestration.looking_back import refuse_past
from orchestration.resources import (
    ATTENDED_TAG,
    CLOSED_AT_TAG,
    PUBLISH_PAST_TAG,
    Context,
    is_set,
)
from orchestration.settings import Settings
from orchestration.stopping import INTERRUPTS, ask, is_asked

_STOPPED = "stopped by a signal"


def failure(context: Context, error: Exception) -> dg.Failure:
    """A failure of a step; a person at a terminal is told at once, a schedule tries again when that may help."""
    passes = isinstance(error, VendorUnreachableError | WarehouseLockedError)
    text = str(error) if isinstance(error, DeskhouseError) else f"{type(error).__name__}: {error}"
    return dg.Failure(text, allow_retries=passes and not is_set(context, ATTENDED_TAG))


def guard_past(context: Context, settings: Settings) -> None:
    """Stop a run that is judged before what is known already, unless it was told to publish all the same.

    Raises:
        LookBackError: it is.
    """
    if not is_set(context, PUBLISH_PAST_TAG):
        refuse_past(settings, is_close=CLOSED_AT_TAG in context.run.tags)


@contextmanager
def one_sentence(context: Context) -> Iterator[None]:
    """Turn every exception of the block into a failure of the step; of a run that shall stop none begins.

    Where a person is told at once, an interruption is a failure too: Dagster would try the step again after a minute.
    """
    if is_asked():
        raise dg.Failure(_STOPPED, allow_retries=False)
    try:
        yield
    except dg.Failure:
        raise
    except INTERRUPTS as error:
        if not is_set(context, ATTENDED_TAG):
            raise
        ask()
        raise dg.Failure(_STOPPED, allow_retries=False) from error
    except Exception as error:
        raise failure(context, error) from error
