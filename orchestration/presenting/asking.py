"""Questions of a command to what is published, answered at one opening of the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from orchestration.settings import Settings
from orchestration.warehouse import open_read_only

Answer = TypeVar("Answer")
Rows = Callable[[str], list[dict[str, Any]]]
"""Asks the published file, such as :meth:`Publication.rows`."""


def of_published(settings: Settings, ask: Callable[[Rows], Answer]) -> Answer | None:
    """What ``ask`` finds in the published file; None before the first publication."""
    path = settings.marts_file
    if not path.exists():
        return None
    # A list of a command needs no pandas before it knows that there is something to list.
    from orchestration.presenting.publication import Publication

    with open_read_only(path) as connection:
        return ask(Publication(path, connection).rows)
