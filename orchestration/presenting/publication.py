"""The published file as pages, packs and messages read it: one version at a time, followed when it is replaced."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pandas as pd

from orchestration.settings import Settings, nothing_there
from orchestration.warehouse import reading_connection

Opened = TypeVar("Opened")


@dataclass(frozen=True)
class Publication:
    """One published version, open for reading.

    Attributes:
        path: of the file behind the link, so two reads cannot meet two versions.
        connection: read-only; each thread takes a cursor of its own.
    """

    path: Path
    connection: duckdb.DuckDBPyConnection

    def frame(self, query: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> pd.DataFrame:
        """Rows of a query; its values are bound, never written into the text."""
        cursor = self.connection.cursor()
        return cursor.execute(query, parameters or None).df()

    def rows(
        self, query: str, parameters: Sequence[Any] | Mapping[str, Any] = ()
    ) -> list[dict[str, Any]]:
        """Rows of a query as Python values by column name."""
        cursor = self.connection.cursor().execute(query, parameters or None)
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def one(self, query: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> Any:
        """The first value of the first row, None where there is no row."""
        found = self.connection.cursor().execute(query, parameters or None).fetchall()
        return found[0][0] if found else None

    @property
    def as_of(self) -> datetime | None:
        """Instant at which everything in it was judged, UTC; None where it holds no number."""
        found: datetime | None = self.one("select max(as_of) from governance_review.kpi_monthly")
        return found


_open: dict[Path, Publication] = {}
_beside: dict[Path, duckdb.DuckDBPyConnection] = {}
"""The file that was last read beside the published one."""
_lock = threading.Lock()


def publication(settings: Settings) -> Publication:
    """The version that is published now; the same open file until another one is published.

    The file of a version that was replaced stays open for those who still hold it, and is closed with the last of them.

    Raises:
        ConfigurationError: nothing has been published yet.
    """
    link = settings.marts_file
    if not link.exists():
        raise nothing_there(link)
    path = link.resolve()
    return _kept(_open, path, lambda file: Publication(file, reading_connection(file)))


@contextmanager
def kept_open(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A cursor of a file beside the published one, which stays open until another one is asked for.

    Opening a file of hundreds of relations takes longer than many a look at it. What a cursor made for itself ends
    with it.
    """
    cursor = _kept(_beside, path, reading_connection).cursor()
    try:
        yield cursor
    finally:
        cursor.close()


def _kept(known: dict[Path, Opened], path: Path, opened: Callable[[Path], Opened]) -> Opened:
    """What was opened of the last file that was asked for; another file takes its place."""
    with _lock:
        if path not in known:
            known.clear()
            known[path] = opened(path)
        return known[path]
