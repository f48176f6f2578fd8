"""Texts that the reference needs and nobody wrote."""

from __future__ import annotations

from pathlib import Path

from ingestion.errors import DeskhouseError


class MissingTextError(DeskhouseError):
    """A file of questions and what it asks about are not the same list."""


def same_names(file: Path, asked: set[str], existing: set[str]) -> None:
    """Every existing name has an entry in ``file``, and no entry is about something else.

    Raises:
        MissingTextError: names the entries that are missing, else those that are left over.
    """
    if missing := sorted(existing - asked):
        raise MissingTextError(
            f"{file.name} has no question for {', '.join(missing)}: add the question that it answers."
        )
    if left := sorted(asked - existing):
        raise MissingTextError(
            f"{file.name} asks about {', '.join(left)}, which does not exist: remove the entry."
        )
