"""Rows behind a page as CSV and XLSX, with the lines and the header that ``deskhouse export`` writes.

Nothing is read before somebody asks for it; whose rows they are is logged before the file leaves.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import streamlit as st

from ingestion.errors import DeskhouseError
from orchestration.dashboard.context import Context
from orchestration.export.persons import BeforeWriting
from orchestration.export.table import Wanted, export
from orchestration.export.workbook import export_workbook
from orchestration.lookups import log_lookup

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_Writer = Callable[[Path, Wanted, Path, BeforeWriting], int]


@dataclass(frozen=True)
class Download:
    """A published table and which rows of it; ``has_month`` takes those of the chosen month alone."""

    table: str
    where: tuple[tuple[str, str], ...] = ()
    has_month: bool = False
    has_tenant: bool = True

    def wanted(self, context: Context) -> Wanted:
        """The rows as ``export`` takes them."""
        filters = context.filters
        return Wanted(
            self.table,
            month=filters.month if self.has_month else None,
            where=self.where,
            tenant_id=filters.tenant if self.has_tenant else None,
        )


def content(context: Context, download: Download, write: _Writer, ending: str) -> bytes:
    """The file, its persons logged before.

    Raises:
        DeskhouseError: there are no such rows, or the look-up cannot be logged.
    """

    def log(filters: str, keys: list[str], rows: int, tenants: list[str]) -> None:
        said = f"dashboard {context.page}, download {download.table}{filters}"
        log_lookup(context.settings.home, said, keys, rows, tenants)

    with tempfile.TemporaryDirectory(prefix="deskhouse-download-") as folder:
        path = Path(folder) / f"rows.{ending}"
        # the version that the page shows, not one that replaced it meanwhile
        write(context.publication.path, download.wanted(context), path, log)
        return path.read_bytes()


def _content_or_reason(context: Context, download: Download, write: _Writer, ending: str) -> bytes:
    try:
        return content(context, download, write, ending)
    except DeskhouseError as error:
        # the browser gets a file in any case; one that says what is wrong is better than an empty one
        return f"{error}\n".encode()


def offer(context: Context, *downloads: Download) -> None:
    """Draw the buttons, in one row below the page."""
    with st.expander(context.say("Download the rows behind this page"), icon=":material/download:"):
        for download in downloads:
            name = download.table.rpartition(".")[2]
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"`{download.table}`")
                for ending, write, mime in (
                    ("csv", export, "text/csv"),
                    ("xlsx", export_workbook, _XLSX),
                ):
                    st.download_button(
                        ending.upper(),
                        data=partial(_content_or_reason, context, download, write, ending),
                        file_name=f"{name}.{ending}",
                        mime=mime,
                        key=f"download_{download.table}_{ending}",
                        help=context.say(
                            "{table} as {ending}, units in the header",
                            table=download.table,
                            ending=ending.upper(),
                        ),
                        on_click="ignore",
                    )


def narrowed_by(context: Context, **columns: str) -> tuple[tuple[str, str], ...]:
    """Filters in force as conditions of a table: its column by filter name."""
    filters = replace(context.filters)
    return tuple(
        (column, getattr(filters, name))
        for name, column in columns.items()
        if getattr(filters, name)
    )
