"""One door to a landing file of any format."""

from __future__ import annotations

from collections.abc import Sequence

from ingestion.sources.landing.cells import Content, FileError
from ingestion.sources.landing.columnar import read_parquet, read_workbook
from ingestion.sources.landing.decoding import decode
from ingestion.sources.landing.delimited import read_delimited
from ingestion.sources.landing.folder_settings import FileSettings
from ingestion.sources.landing.json_records import read_json
from ingestion.sources.landing.limits import Limits
from ingestion.sources.landing.names import Found


def read_content(
    found: Found, content: bytes, known: Sequence[str], settings: FileSettings, limits: Limits
) -> Content:
    """Columns and batches of a file.

    Args:
        found: the file's name, format and table.
        content: its expanded bytes.
        known: columns of its table, by which header, separator and sheet are recognised.
        settings: how the file is written, where that was said.
        limits: bounds of one file.

    Raises:
        FileError: the file cannot be read as a whole.
    """
    if found.format == ".parquet":
        return read_parquet(content, limits)
    if found.format == ".xlsx":
        return read_workbook(content, found.table, known, limits)
    if content.startswith(b"PK\x03\x04"):
        raise FileError(
            "the file is a zip archive or a workbook under another ending; give it the ending .xlsx"
        )
    if content.startswith(b"\x1f\x8b"):
        remedy = " twice; expand it once" if found.is_gzipped else "; give it the ending .gz"
        raise FileError(f"the file is gzipped{remedy}")
    text = decode(content, settings.encoding)
    if found.format in (".csv", ".tsv"):
        return read_delimited(text, known, settings.separator, limits)
    return read_json(text, limits)
