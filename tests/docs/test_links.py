"""Links between the documents lead to files and headings that exist."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from orchestration.reference.markdown import anchor
from tests.docs.headings import ROOT

_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)


def documents() -> list[Path]:
    """Markdown that people read: at the root, in docs and beside the code."""
    own = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    for room in ("ingestion", "dbt_project", "expectations", "orchestration", "tests"):
        own += [path for path in (ROOT / room).rglob("*.md") if "target" not in path.parts]
    return sorted(own)


def _prose(path: Path) -> str:
    return _FENCE.sub("", path.read_text(encoding="utf-8"))


@cache
def anchors(path: Path) -> set[str]:
    """Anchors of a page; a heading that comes again has a number behind it."""
    found: set[str] = set()
    for heading in re.findall(r"^#{1,6} (.+)$", _prose(path), re.MULTILINE):
        name, again = anchor(heading), 1
        while (name if again == 1 else f"{name}-{again - 1}") in found:
            again += 1
        found.add(name if again == 1 else f"{name}-{again - 1}")
    return found


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    lost = []
    for link in _LINK.findall(_prose(path)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, place = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        if not target.exists() or (
            place and target.suffix == ".md" and place not in anchors(target)
        ):
            lost.append(link)
    assert lost == []


def test_docs_are_reached_from_their_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    linked = {link.partition("#")[0] for link in _LINK.findall(index)}
    pages = {str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").rglob("*.md")}
    assert sorted(pages - linked - {"README.md"}) == []
