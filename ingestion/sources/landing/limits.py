"""Bounds on what one landing file may cost, so that no file can stop the others; by environment, with sane defaults."""

from __future__ import annotations

import os
from dataclasses import dataclass

from ingestion.errors import ConfigurationError

_MEBIBYTE = 2**20


@dataclass(frozen=True)
class Limits:
    """What a file may have: bytes after expansion, rows, characters in a cell; and how many refusals of it are kept.

    Refusals beyond ``refusals`` are counted, not kept.
    """

    file_bytes: int = 1024 * _MEBIBYTE
    rows: int = 5_000_000
    cell_chars: int = 65_536
    refusals: int = 1_000


def read_limits() -> Limits:
    """The limits in force: ``DESKHOUSE_LANDING_MAX_FILE_MB``, ``_MAX_ROWS``, ``_MAX_CELL_CHARS``, ``_MAX_REFUSALS``.

    Raises:
        ConfigurationError: one of them is no positive whole number.
    """
    return Limits(
        _whole("FILE_MB", os.environ.get("DESKHOUSE_LANDING_MAX_FILE_MB"), 1024) * _MEBIBYTE,
        _whole("ROWS", os.environ.get("DESKHOUSE_LANDING_MAX_ROWS"), Limits.rows),
        _whole("CELL_CHARS", os.environ.get("DESKHOUSE_LANDING_MAX_CELL_CHARS"), Limits.cell_chars),
        _whole("REFUSALS", os.environ.get("DESKHOUSE_LANDING_MAX_REFUSALS"), Limits.refusals),
    )


def _whole(name: str, given: str | None, default: int) -> int:
    text = (given or "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= 12 and int(text) > 0):
        raise ConfigurationError(
            f"DESKHOUSE_LANDING_MAX_{name} must be a positive whole number; correct it or unset it."
        )
    return int(text)
