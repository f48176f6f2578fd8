"""Headings, rules and fixtures that a reference in the project may lead to."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def text_of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@cache
def catalogue_sections() -> frozenset[str]:
    """Numbers of headings and of numbered rules below one: ``10.2``, ``11.7``."""
    found: set[str] = set()
    chapter = ""
    for line in text_of("catalogue.md").splitlines():
        if heading := re.match(r"^#{2,3} (\d+(?:\.\d+)?)[. ]", line):
            chapter = heading[1]
            found.add(chapter)
        elif (rule := re.match(r"^(\d+)\. ", line)) and chapter.isdigit():
            found.add(f"{chapter}.{rule[1]}")
    return frozenset(found)


@cache
def codes() -> frozenset[str]:
    """Rules, edge cases, attributions, aggregations, clocks, conflicts, fixtures and decisions by their code."""
    catalogue = text_of("catalogue.md")
    rows = re.findall(r"^\| ([REACF]\d+)[ |]", catalogue, re.MULTILINE)
    inline = re.findall(r"\*\*([GC]\d)\*\*", catalogue)
    decisions = re.findall(r"^### (D\d+) ", text_of("architecture.md"), re.MULTILINE)
    return frozenset((*rows, *inline, *decisions))
