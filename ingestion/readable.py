"""Reads a vendor's records one by one: a record of another form than published costs itself, not the load."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from ingestion.quarantine import Refused, VendorQuarantine

UNKNOWN = "?"
"""Scope of records that do not say which they are: they stay listed, because nothing can tell that they came again."""

UNREADABLE = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What a record of another form than published raises where it is read."""

T = TypeVar("T")


def readable(
    quarantine: VendorQuarantine,
    table: str,
    document: str,
    records: Iterable[Any],
    row_of: Callable[[dict[str, Any]], T],
    key: str,
) -> Iterator[T]:
    """The rows of those records that can be read; one that is no object, has no key or breaks ``row_of`` is refused.

    Args:
        quarantine: told of every refusal.
        table: canonical table of the records.
        document: endpoint they came from.
        records: as the vendor sent them.
        row_of: reads one record.
        key: the vendor's name of what identifies a record.
    """
    for record in records:
        if not isinstance(record, dict):
            reason = f"the record is {_kind_of(record)} instead of an object"
            quarantine.refuse(Refused(table, UNKNOWN, repr(record), document, None, None, reason))
            continue
        identity = record.get(key)
        if identity is None or isinstance(identity, dict | list | bool):
            reason = f"the record has no {key}"
            quarantine.refuse(Refused(table, UNKNOWN, repr(record), document, None, key, reason))
            continue
        quarantine.read_again(table, str(identity))
        try:
            yield row_of(record)
        except UNREADABLE as error:
            reason = (
                f"{key} {identity}: a part has another form than published ({_place_of(error)})"
            )
            quarantine.refuse(Refused(table, str(identity), "", document, None, None, reason))


def _kind_of(value: Any) -> str:
    return "null" if value is None else f"a {type(value).__name__}"


def _place_of(error: BaseException) -> str:
    """Kind of error and the function it was met in; its text may hold the value."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    where = frame.tb_frame.f_code.co_name.strip("_") if frame is not None else "?"
    return f"{type(error).__name__} while reading {where}"
