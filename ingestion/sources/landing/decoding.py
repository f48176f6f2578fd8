"""Bytes of a landing file to text: no links, gzip bounded, encoding by its mark, then UTF-8, bad lines by number."""

from __future__ import annotations

import codecs
import io
import os
import re
import zlib
from dataclasses import dataclass, field, replace
from gzip import BadGzipFile, GzipFile

from ingestion.sources.landing.cells import FileError
from ingestion.sources.landing.limits import Limits
from ingestion.sources.landing.names import Found

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NAMES = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "utf-16": "UTF-16", "utf-32": "UTF-32"}
_ONE_BYTE = ("cp125", "cp4", "cp8", "iso8859", "mac", "koi8")
_CHUNK = 1 << 20
_CYRILLIC = re.compile(rb"[\xc0-\xff]{4}")


@dataclass(frozen=True)
class Text:
    """A decoded file: its lines without line ends, its encoding, and lines that are not in it (number → reason)."""

    lines: list[str]
    encoding: str
    bad_lines: dict[int, str] = field(default_factory=dict)
    is_open: bool = False
    """Whether the last line has no line end, as in a file that is cut off."""


def read_bytes(found: Found, limits: Limits) -> bytes:
    """Content of a regular file, expanded when gzipped.

    Raises:
        FileError: it is a link, cannot be opened, is no gzip, or is larger than the limit.
    """
    try:
        descriptor = os.open(found.path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as error:
        raise FileError(
            f"the file cannot be opened ({error.strerror}); check its rights"
        ) from error
    with os.fdopen(descriptor, "rb") as handle:
        return _expanded(handle, limits) if found.is_gzipped else _bounded(handle, limits)


def _bounded(handle: io.BufferedIOBase, limits: Limits) -> bytes:
    content = handle.read(limits.file_bytes + 1)
    if len(content) > limits.file_bytes:
        raise FileError(too_large(limits))
    return content


def too_large(limits: Limits) -> str:
    """The sentence for a file over the limit."""
    return (
        f"the file is larger than {limits.file_bytes // 2**20:,} MiB when expanded; split it, or raise "
        "DESKHOUSE_LANDING_MAX_FILE_MB"
    )


def _expanded(handle: io.BufferedIOBase, limits: Limits) -> bytes:
    parts, size = [], 0
    try:
        with GzipFile(fileobj=handle, mode="rb") as expanded:
            while chunk := expanded.read(_CHUNK):
                size += len(chunk)
                if size > limits.file_bytes:
                    raise FileError(too_large(limits))
                parts.append(chunk)
    except (BadGzipFile, EOFError, zlib.error) as error:
        raise FileError("the file is no complete gzip file; export or copy it again") from error
    return b"".join(parts)


def decode(content: bytes, wanted: str | None) -> Text:
    """Text by its byte order mark, else in the encoding of the settings, else UTF-8.

    A line that is not in the encoding is bad alone; its text keeps marks in place of the broken bytes.

    Raises:
        FileError: the whole file is in another encoding.
    """
    if content and not content.strip(b"\x00"):
        raise FileError(
            "the file holds nothing but NUL bytes, so it was never written to; copy it again"
        )
    text = _decoded(content, wanted)
    # The line end of two- and four-byte encodings has NUL bytes around it.
    return replace(text, is_open=not content.rstrip(b"\x00").endswith((b"\n", b"\r")))


def _decoded(content: bytes, wanted: str | None) -> Text:
    for mark, name in _MARKS:
        if content.startswith(mark):
            return _whole(content, name)
    if wanted is not None and codecs.lookup(wanted).name != "utf-8":
        if _is_utf8_after_all(content, wanted):
            raise FileError(
                f"landing.yml says {wanted}, but the file is UTF-8; remove the encoding of this file there"
            )
        return _whole(content, wanted)
    if b"\x00" in content[:4096] and _looks_like_utf16(content[:4096]):
        raise FileError(
            "the file looks like UTF-16 without its byte order mark; save it as UTF-8 "
            "(in Excel: CSV UTF-8), or set encoding: utf-16-le in landing.yml"
        )
    try:
        return Text(_lines(content.decode("utf-8")), "UTF-8")
    except UnicodeDecodeError:
        return _line_by_line(content)


def _whole(content: bytes, name: str) -> Text:
    if name == "utf-8-sig":
        try:
            return Text(_lines(content.decode(name)), "UTF-8")
        except UnicodeDecodeError:
            return _line_by_line(content[len(codecs.BOM_UTF8) :])
    try:
        return Text(_lines(content.decode(name)), _NAMES.get(name, name))
    except UnicodeDecodeError as error:
        lines = _lines(content.decode(name, errors="replace"))
        claimed = _NAMES.get(name, name)
        reason = f"the line is not in the encoding {claimed} of the file; correct the line, or save the file as UTF-8"
        bad = {number: reason for number, line in enumerate(lines, start=1) if "\ufffd" in line}
        if len(bad) > len(lines) // 2:
            raise FileError(
                f"the file is not in the encoding {claimed} that it claims (byte {error.start:,}); save it as UTF-8"
            ) from error
        return Text(lines, claimed, bad)


def _is_utf8_after_all(content: bytes, wanted: str) -> bool:
    """Whether letters outside ASCII read as UTF-8, which text of a one-byte encoding as good as never does."""
    if not codecs.lookup(wanted).name.startswith(_ONE_BYTE) or content.isascii():
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _looks_like_utf16(start: bytes) -> bool:
    even, odd = start[0::2], start[1::2]
    return max(even.count(0), odd.count(0)) > len(start) // 5


def _lines(text: str) -> list[str]:
    if "\n" not in text and "\r" in text:
        lines = text.split("\r")
    else:
        lines = [line.removesuffix("\r") for line in text.split("\n")]
    return lines if lines[-1] else lines[:-1]


def _line_by_line(content: bytes) -> Text:
    separator = b"\r" if b"\n" not in content and b"\r" in content else b"\n"
    lines, bad = [], {}
    for number, raw in enumerate(content.split(separator), start=1):
        try:
            lines.append(raw.decode("utf-8").removesuffix("\r"))
        except UnicodeDecodeError as error:
            bad[number] = (
                f"the line is not UTF-8 (byte {error.start + 1} of the line){_guess(raw)}; save the file as UTF-8 "
                "(in Excel: CSV UTF-8), or set its encoding in landing.yml"
            )
            lines.append(raw.decode("utf-8", errors="replace").removesuffix("\r"))
    return Text(lines if lines[-1] else lines[:-1], "UTF-8", bad)


def _guess(raw: bytes) -> str:
    """Which of Excel's own encodings it may be: all letters of a Cyrillic word lie beyond ASCII."""
    if _CYRILLIC.search(raw):
        return ", it may be windows-1251 (Cyrillic)"
    try:
        raw.decode("windows-1252")
    except UnicodeDecodeError:
        return ""
    return ", it may be Windows-1252 (Excel's own), or windows-1250 east of Germany"
