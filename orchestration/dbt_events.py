"""Which of dbt's events are made: those that somebody hears.

dbt makes a message of every step of every node, thousands in a build, before it asks whether it is
logged. That took a tenth of the processor time of a build of a small warehouse.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_UNHEARD = ("debug", "info", "test")
"""Levels on which dbt only tells what it does; what it warns of, or fails with, stays its own affair."""


class _LateMessage:
    """A message that is made when it is read; class attribute in place of the one that dbt sets in each event."""

    def __init__(self, make: Any) -> None:
        self._make = make

    def __get__(self, event: Any, owner: type) -> Any:
        kept = event.__dict__
        self._make(event, *kept["_args"], **kept["_named"])
        return kept["pb_msg"]


@contextmanager
def quick_events(heard: frozenset[str]) -> Iterator[None]:
    """In the block dbt makes messages of warnings, of errors, and of ``heard``; where a log is written, of all.

    Args:
        heard: names of events that callbacks ask for.
    """
    from dbt_common.events import base_types, event_manager

    event: Any = base_types.BaseEvent
    manager: Any = event_manager.EventManager
    make, fire = event.__init__, manager.fire_event

    def keep(self: Any, *args: Any, **named: Any) -> None:
        # past ``__setattr__`` of the event, which writes into its message
        self.__dict__.update(_args=args, _named=named)

    def fire_heard(self: Any, e: Any, level: Any = None, *args: Any, **named: Any) -> None:
        is_heard = type(e).__name__ in heard or (level or e.level_tag()).value not in _UNHEARD
        if self.loggers or is_heard:
            fire(self, e, level, *args, **named)

    event.__init__, event.pb_msg, manager.fire_event = keep, _LateMessage(make), fire_heard
    try:
        yield
    finally:
        # ``pb_msg`` stays: events that were made in the block may be read after it
        event.__init__, manager.fire_event = make, fire
