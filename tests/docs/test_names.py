"""Models, seeds and files that the documents name exist."""

from __future__ import annotations

import re

import pytest

from tests.docs.headings import ROOT
from tests.docs.test_commands import PAGES

_SPANS = re.compile(r"`([^`\n]+)`")
_RELATION = re.compile(r"(?:int|stg|canonical_|assert|seed)_\w+(?P<open>[*…])?")


def _existing() -> set[str]:
    files = [*(ROOT / "dbt_project").rglob("*.sql"), *(ROOT / "dbt_project").rglob("*.csv")]
    return {path.stem for path in files if "target" not in path.parts}


def lost_relations(text: str, existing: set[str]) -> list[str]:
    """Names of relations in code spans that no file bears; a unit test bears the name of its model in front."""
    lost = []
    for span in _SPANS.findall(text):
        word = span.removesuffix(".csv")
        match = _RELATION.fullmatch(word)
        if match is None:
            continue
        if match["open"]:
            is_there = any(one.startswith(word.rstrip("*…")) for one in existing)
        else:
            is_there = word in existing or ("__" in word and word.split("__")[0] in existing)
        if not is_there:
            lost.append(span)
    return lost


@pytest.mark.parametrize("name", PAGES)
def test_relations_exist(name: str) -> None:
    assert lost_relations((ROOT / name).read_text(encoding="utf-8"), _existing()) == []


def test_a_relation_that_is_gone_is_found() -> None:
    text = "`int_gone` and `int_here`, `seed_a.csv`, `int_here__adds_up`, `int_her*`, `int_way_…`, `core`"
    assert lost_relations(text, {"int_here", "seed_a"}) == ["int_gone", "int_way_…"]
    assert len(_existing()) > 200


@pytest.mark.parametrize("room", ["ingestion", "dbt_project", "orchestration", "expectations"])
def test_places_of_a_room_exist(room: str) -> None:
    """The first column of its table names files and folders of the room."""
    text = (ROOT / room / "README.md").read_text(encoding="utf-8")
    lost = []
    for line in re.findall(r"^\| (`.+?) \|", text, re.MULTILINE):
        for place in _SPANS.findall(line):
            pattern = re.sub(r"<\w+>", "*", place).rstrip("/")
            if not list((ROOT / room).glob(pattern)):
                lost.append(place)
    assert lost == []
