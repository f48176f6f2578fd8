"""What a page draws, as a list of steps: made once for a view and kept, so that drawing it again costs next to nothing.

A step is HTML, a chart, a table of rows, or a look at persons, which is logged in its place before what
    follows is drawn.
Outside a recording a step is taken at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
import streamlit as st

Kind = Literal["html", "chart", "frame", "look"]


@dataclass(frozen=True)
class Step:
    """One thing that is drawn or logged; ``content`` is the HTML, the specification, the rows, or the keys of
    persons.
    """

    kind: Kind
    content: Any
    said: str = ""
    height: int | None = None


_steps: ContextVar[list[Step] | None] = ContextVar("steps", default=None)


@contextmanager
def recording() -> Iterator[list[Step]]:
    """Collect the steps of the block instead of taking them."""
    steps: list[Step] = []
    token = _steps.set(steps)
    try:
        yield steps
    finally:
        _steps.reset(token)


def take(step: Step, look: Callable[[Step], None] | None = None) -> None:
    """Take a step, or keep it where a recording runs.

    Args:
        step: what to do.
        look: logs a look at persons; a page's own.
    """
    steps = _steps.get()
    if steps is not None:
        steps.append(step)
    elif step.kind == "html":
        st.html(step.content)
    elif step.kind == "chart":
        st.vega_lite_chart(spec=step.content, alt=step.said, width="stretch")
    elif step.kind == "frame":
        st.dataframe(step.content, hide_index=True, alt=step.said, height=step.height or "auto")
    elif look is not None:
        look(step)


def frame(rows: pd.DataFrame, said: str, height: int | None = None) -> None:
    """Draw rows as a table that scrolls; ``said`` tells those who hear the page what it is."""
    take(Step("frame", rows, said, height))


def merged(steps: list[Step]) -> list[Step]:
    """The same steps, HTML that follows HTML as one."""
    found: list[Step] = []
    for step in steps:
        if step.kind == "html" and found and found[-1].kind == "html":
            found[-1] = Step("html", found[-1].content + step.content)
        else:
            found.append(step)
    return found
