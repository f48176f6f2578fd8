"""Drives the dashboard in tests: publishes a warehouse, opens a page without a browser, reads what it says."""

from __future__ import annotations

import html
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from orchestration.dashboard.registry import DEFAULT
from orchestration.dashboard.serving import APP
from orchestration.promoting import promote
from orchestration.publishing import stage
from orchestration.versions import mark_gated

_TAG = re.compile(r"<[^>]+>")
_PIECE = re.compile(r"<[^>]+>|\n")
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_ENGLISH = re.compile(
    r"\S \b(the|of|is|are|and|with|not|without|over|was|were|from|that|which|by|to|for|this|an|at|on|or)\b"
)
_CODE = re.compile(r"<code>.*?</code>", re.DOTALL)
_SNAKE = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b")
_SPACE = re.compile(r"\s+")


def publish(home: Path, as_of: datetime, run_id: str = "test") -> None:
    """Publish the warehouse of a home as a run would after a passed gate."""
    candidate = stage(home / "warehouse.duckdb", home / "published", as_of, run_id=run_id)
    mark_gated(candidate, 1, 0)
    promote(home / "published", candidate)


def opened(page: str = DEFAULT, **query: str) -> AppTest:
    """A page as the address opens it, drawn once."""
    app = AppTest.from_file(str(APP), default_timeout=120)
    app.query_params.update(query)
    turn_to(app, page)
    return app.run()


def turn_to(app: AppTest, page: str) -> AppTest:
    """Choose a page of the menu; the next run draws it."""
    # switch_page knows files alone, and our pages are functions
    app._page_hash = "" if page == DEFAULT else calc_hash(page)
    return app


def markup(app: AppTest) -> str:
    """HTML of the page as it was drawn, the style left out."""
    bodies = [element.proto.body for element in app.get("html")]
    return "\n".join(body for body in bodies if not body.startswith("<style"))


def said(app: AppTest) -> str:
    """What the page says, without markup."""
    return plain(markup(app))


def codes_in(app: AppTest) -> set[str]:
    """Words with underscores that a reader meets: in texts (what stands as code is one on purpose) and in headings of
    tables of rows.
    """
    texts = [plain(_CODE.sub(" ", markup(app)))]
    texts += [str(name) for table in app.dataframe for name in table.value.columns]
    return {word for text in texts for word in _SNAKE.findall(text)}


def english_in(app: AppTest, own: set[str]) -> set[str]:
    """Pieces of a Russian page that are English sentences: no Cyrillic letter, and a word that only sentences have.

    Args:
        own: texts that the seller wrote, which stand as they are; a piece that holds one is the seller's.
    """
    pieces = [html.unescape(piece).strip() for piece in _PIECE.split(markup(app))]
    for table in app.dataframe:
        for name in table.value.columns:
            pieces += list(set(table.value[name].dropna().astype(str)))
    written = {text.lower() for text in own}
    return {
        piece
        for piece in pieces
        if _ENGLISH.search(piece)
        and not _CYRILLIC.search(piece)
        and not any(text in piece.lower() for text in written)
    }


def plain(text: str) -> str:
    """Text of HTML, every run of spaces as one."""
    return _SPACE.sub(" ", html.unescape(_TAG.sub(" ", text))).strip()


def control(app: AppTest, label: str) -> Any:
    """A control beside the page by its label."""
    return next(
        element
        for element in (*app.sidebar.selectbox, *app.sidebar.text_input)
        if element.label == label
    )
