"""What somebody hears is said as dbt says it; what nobody hears is not put into words."""

from __future__ import annotations

from typing import Any

import pytest
from dbt_common.events import base_types, event_manager, types
from dbt_common.events.base_types import EventLevel

from orchestration.dbt_events import quick_events

DEBUG = {"msg": "a step"}
WARNING, FAILURE = EventLevel.WARN, EventLevel.ERROR


@pytest.fixture
def heard() -> list[Any]:
    return []


@pytest.fixture
def manager(heard: list[Any]) -> event_manager.EventManager:
    made = event_manager.EventManager()
    made.add_callback(heard.append)
    return made


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of events that were put into words since."""
    found: list[str] = []
    own = base_types.ParseDict

    def parse(values: Any, message: Any) -> Any:
        found.append(type(message).__name__)
        return own(values, message)

    monkeypatch.setattr(base_types, "ParseDict", parse)
    return found


def _said(message: Any) -> tuple[str, str, str, Any]:
    return message.info.name, message.info.level, message.info.msg, message.data


def test_what_nobody_hears_is_not_put_into_words(
    manager: event_manager.EventManager, heard: list[Any], words: list[str]
) -> None:
    with quick_events(frozenset({"Formatting"})):
        manager.fire_event(types.Note(**DEBUG))
    assert not heard
    assert not words


@pytest.mark.parametrize(
    ("event", "level"),
    [
        (lambda: types.Formatting("asked for"), None),
        (lambda: types.Note(**DEBUG), WARNING),
        (lambda: types.Note(**DEBUG), FAILURE),
        (lambda: types.BehaviorChangeEvent(flag_name="x", flag_source="y"), None),
    ],
)
def test_what_is_heard_is_said_as_dbt_says_it(
    manager: event_manager.EventManager, heard: list[Any], event: Any, level: Any
) -> None:
    manager.fire_event(event(), level)
    with quick_events(frozenset({"Formatting"})):
        manager.fire_event(event(), level)
    own, ours = heard
    assert _said(ours) == _said(own)


def test_a_log_is_written_whole(manager: event_manager.EventManager, heard: list[Any]) -> None:
    manager.loggers.append(_Log())  # type: ignore[arg-type]
    with quick_events(frozenset()):
        manager.fire_event(types.Note(**DEBUG))
    assert [message.info.msg for message in heard] == ["a step"]


class _Log:
    def filter(self, message: Any) -> bool:
        return False


def test_an_event_of_the_block_is_read_after_it() -> None:
    with quick_events(frozenset()):
        within = types.Note(**DEBUG)
        changed = types.Note(**DEBUG)
        changed.msg = "another"
    assert (within.msg, changed.msg, types.Note(**DEBUG).msg) == ("a step", "another", "a step")


def test_dbt_has_its_own_way_back_after_the_block() -> None:
    own = base_types.BaseEvent.__init__, event_manager.EventManager.fire_event
    with pytest.raises(RuntimeError), quick_events(frozenset()):
        raise RuntimeError
    assert own == (base_types.BaseEvent.__init__, event_manager.EventManager.fire_event)
