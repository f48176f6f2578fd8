"""A part of a told story, and the words for codes that several parts share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orchestration.case.facts import Row
from orchestration.case.story import NOBODY, Story

VERDICTS = {"met": "● in time", "breached": "■ late", "pending": "… still open"}
NOT_HERE = "Not known: this version was published without its private copy of the warehouse."


@dataclass(frozen=True)
class Section:
    """A table of texts under a heading; ``note`` stands where there is no row."""

    title: str
    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    note: str = ""


def plain(code: object) -> str:
    """A code as words; empty for null."""
    return "" if code is None else str(code).replace("_", " ")


def yes_no(value: object) -> str:
    """A flag in words; empty for null."""
    return "" if value is None else "yes" if value else "no"


def who(story: Story, one: Row) -> str:
    """The person; where it was nobody the part that was played."""
    role = plain(one["role"])
    return role if role and one["agent_key"] in (None, *NOBODY) else story.name(one["agent_key"])
