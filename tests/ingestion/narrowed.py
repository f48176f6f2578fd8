"""Lets a test read only the tables that it is about: what a load costs are the other fifteen.

``@pytest.mark.tables("tickets", "ticket_events")`` on a test, or in ``pytestmark`` of a file; the mark of a test counts
before that of its file, and ``@pytest.mark.tables()`` says all. Refused records are always among them. Fixtures that
live longer than a test are set up without it and say themselves what they read.
"""

from __future__ import annotations

from typing import Any

import pytest

from ingestion import pipeline
from ingestion.quarantine import TABLE


def narrow(patch: pytest.MonkeyPatch, *tables: str) -> None:
    """Let every vendor's source consist of these tables, where it is read as where its tables are only made.

    Args:
        patch: undone by the test.
        tables: names of resources; one that the source lacks is an error of dlt.
    """
    whole = pipeline._source

    def source(name: str) -> Any:
        made = whole(name)

        def some(*given: Any, **named: Any) -> Any:
            found = made(*given, **named)
            always = [TABLE] if TABLE in found.resources else []
            return found.with_resources(*tables, *always)

        return some

    patch.setattr(pipeline, "_source", source)
    # without its memory, which outlives the test
    patch.setattr(pipeline, "described", pipeline.described.__wrapped__)
